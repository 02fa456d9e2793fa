import styles from "./Tabs.module.css";

export interface TabEntry<Key extends string> {
  key: Key;
  word: string;
  /** Stands small behind the word. */
  count?: string | undefined;
}

/** The parts of a page. */
export function Tabs<Key extends string>({ label, tabs, chosen, onChoose }: { label: string; tabs: readonly TabEntry<Key>[]; chosen: Key; onChoose: (key: Key) => void }) {
  return (
    <div className={styles.tabs} role="tablist" aria-label={label}>
      {tabs.map(({ key, word, count }) => (
        <button key={key} type="button" role="tab" aria-selected={key === chosen} onClick={() => onChoose(key)}>
          {word}
          {count && <small>{count}</small>}
        </button>
      ))}
    </div>
  );
}
