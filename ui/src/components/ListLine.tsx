import type { ReactNode } from "react";
import styles from "./ListLine.module.css";

/** The line above a list: what narrows it, and at its end how many there are. */
export function ListLine({ count, children }: { count: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles.line}>
      {children}
      <span className={styles.count} role="status">
        {count}
      </span>
    </div>
  );
}
