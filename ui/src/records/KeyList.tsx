import { Check } from "lucide-react";
import { useEffect, useState } from "react";
import { useLatest } from "../components/useLatest";
import { SearchInput } from "../components/Field";
import styles from "./KeyList.module.css";

export interface KeyOption {
  value: string;
  label: string;
  note?: string;
}

const SHOWN = 60;

/** A list that is searched, for thousands of keys: the first ones, and a field to narrow them. */
export function KeyList({
  options,
  value,
  label,
  onFind,
  onChoose,
}: {
  /** The most telling first. */
  options: KeyOption[];
  /** What is chosen; of a list, each can be chosen and let go. */
  value?: string | readonly string[];
  label: string;
  /** Asks for other options, where there are more than were given. */
  onFind?: (text: string) => void;
  onChoose: (value: string) => void;
}) {
  const [text, setText] = useState("");
  const find = useLatest(onFind);
  // The next list begins with all options again.
  useEffect(() => () => find.current?.(""), [find]);
  const wanted = text.trim().toLowerCase();
  const found = options.filter((option) => option.label.toLowerCase().includes(wanted));
  const shown = found.slice(0, SHOWN);
  const isChosen = (option: KeyOption) => (typeof value === "string" ? option.value === value : (value?.includes(option.value) ?? false));
  const stateOf = (option: KeyOption) => (Array.isArray(value) ? { "aria-pressed": isChosen(option) } : { "aria-current": isChosen(option) });
  return (
    <>
      <SearchInput
        bare
        autoFocus
        placeholder={label}
        aria-label={label}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onFind?.(event.target.value.trim());
        }}
        onKeyDown={(event) => {
          const [first] = shown;
          if (event.key === "Enter" && first) onChoose(first.value);
        }}
      />
      <div className={styles.list} role="group" aria-label={label}>
        {shown.map((option) => (
          <button key={option.value} type="button" className={styles.option} {...stateOf(option)} title={option.label} onClick={() => onChoose(option.value)}>
            <span className={styles.check}>{isChosen(option) && <Check size={13} />}</span>
            <span className={styles.label}>{option.label}</span>
            {option.note && <span className={styles.note}>{option.note}</span>}
          </button>
        ))}
        {!shown.length && <p className={styles.none}>Nothing contains “{text}”.</p>}
        {found.length > shown.length && <p className={styles.none}>There are more: type to narrow them.</p>}
      </div>
    </>
  );
}
