import { type ReactNode, useEffect } from "react";
import { Mark } from "../../components/Mark";
import styles from "./Entrance.module.css";

/** What one sees before one is in: one box, nothing else. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Runfold`;
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.brand}>
        <Mark />
        Runfold
      </div>
      <section className={styles.box}>
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}
