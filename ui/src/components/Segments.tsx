import type { ReactNode } from "react";
import styles from "./Segments.module.css";

export interface Segment<Key extends string> {
  key: Key;
  word: string;
  icon?: ReactNode;
  /** How many it shows. */
  count?: string | undefined;
}

interface SegmentsProps<Key extends string> {
  segments: readonly Segment<Key>[];
  chosen: Key;
  onChoose: (key: Key) => void;
  label?: string;
}

/** The views of one page, as one control in its tool line. */
export function Segments<Key extends string>({ segments, chosen, onChoose, label = "View" }: SegmentsProps<Key>) {
  return (
    <div className={styles.segments} role="tablist" aria-label={label}>
      {segments.map(({ key, word, icon, count }) => (
        <button key={key} type="button" role="tab" aria-selected={key === chosen} onClick={() => onChoose(key)}>
          {icon}
          {word}
          {count && <small>{count}</small>}
        </button>
      ))}
    </div>
  );
}
