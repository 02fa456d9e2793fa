import type { ReactNode } from "react";
import styles from "./PageHead.module.css";

/** What stands above the parts of one thing's page: its name, a line of facts, its tabs. */
export function PageHead({ children }: { children: ReactNode }) {
  return <div className={styles.head}>{children}</div>;
}

/** The thing's name, with what belongs right beside it. The heading is cut where the line ends; give it a title. */
export function PageName({ children }: { children: ReactNode }) {
  return <div className={styles.name}>{children}</div>;
}

export function PageFacts({ children }: { children: ReactNode }) {
  return <p className={styles.facts}>{children}</p>;
}
