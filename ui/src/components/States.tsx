import type { ReactNode } from "react";
import { Code } from "./Code";
import styles from "./States.module.css";

/** What would be here, and how it comes here. */
export function EmptyState({
  title,
  text,
  code,
  children,
}: {
  title: string;
  text: ReactNode;
  code?: string;
  children?: ReactNode;
}) {
  return (
    <section className={styles.state}>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {code && (
        <div className={styles.code}>
          <Code text={code} />
        </div>
      )}
      {children && <div className={styles.more}>{children}</div>}
    </section>
  );
}

/** What happened, what is safe, what to do. */
export function ErrorState({ title, text, children }: { title: string; text: ReactNode; children?: ReactNode }) {
  return (
    <section className={styles.state} role="alert">
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {children && <div className={styles.more}>{children}</div>}
    </section>
  );
}

/** A grey stand-in of the right size while something loads. */
export function Bone({ width, height = 12 }: { width: number | string; height?: number }) {
  return <span aria-hidden className={styles.bone} style={{ width, height }} />;
}

/** A page's worth of stand-ins, one below the other. */
export function Bones({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.bones} aria-busy aria-label={label}>
      {children}
    </div>
  );
}
