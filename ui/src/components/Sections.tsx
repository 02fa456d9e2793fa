import type { ReactNode } from "react";
import styles from "./Sections.module.css";

/** The inside of a page that is read from top to bottom. */
export function Sections({ children }: { children: ReactNode }) {
  return <div className={styles.body}>{children}</div>;
}

export function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}
