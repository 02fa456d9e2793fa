import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./Button";
import styles from "./Peek.module.css";

/** A quick look at a row, over the right third; the list stays where it is. */
export function Peek({ label, title, open, onClose, children }: { label: string; title: string; /** Leads to the page. */ open: ReactNode; onClose: () => void; children: ReactNode }) {
  return (
    <aside className={styles.panel} aria-label={label}>
      <header className={styles.head}>
        <h2 title={title}>{title}</h2>
        {open}
        <IconButton label="Close" keys="Space" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </header>
      <div className={styles.body} tabIndex={0} role="group" aria-label={title}>
        {children}
      </div>
    </aside>
  );
}

export function PeekSection({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>
        {title} {count !== undefined && <small>{count}</small>}
      </h3>
      {children}
    </section>
  );
}

/** Names and values, a line each; empty values are left out. */
export function PeekFacts({ rows }: { rows: readonly (readonly [string, ReactNode, string?])[] }) {
  return (
    <dl className={styles.facts}>
      {rows.map(
        ([word, value, hover]) =>
          value && (
            <div key={word}>
              <dt title={word}>{word}</dt>
              <dd title={hover ?? (typeof value === "string" ? value : undefined)}>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
