import type { ReactNode } from "react";
import styles from "./Facts.module.css";

/** What is beside the main thing of a page: sections with a heading each. */
export function Side({ label, children }: { label: string; children: ReactNode }) {
  return (
    <aside className={styles.side} aria-label={label}>
      {children}
    </aside>
  );
}

/** The main thing of a page, and its side. */
export function WithSide({ children }: { children: ReactNode }) {
  return <div className={styles.columns}>{children}</div>;
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

/** One word and what it is; nothing where nothing is to be said. */
export function Fact({ word, children }: { word: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </>
  );
}
