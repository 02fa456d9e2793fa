import type { ReactNode } from "react";
import styles from "./Segments.module.css";

export interface Segment<Key extends string> {
  key: Key;
  word: string;
  icon?: ReactNode;
}

/** The views of one page, as one control in its tool line. */
export function Segments<Key extends string>({ segments, chosen, onChoose }: { segments: readonly Segment<Key>[]; chosen: Key; onChoose: (key: Key) => void }) {
  return (
    <div className={styles.segments} role="tablist" aria-label="View">
      {segments.map(({ key, word, icon }) => (
        <button key={key} type="button" role="tab" aria-selected={key === chosen} onClick={() => onChoose(key)}>
          {icon}
          {word}
        </button>
      ))}
    </div>
  );
}
