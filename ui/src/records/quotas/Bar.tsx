import { NEAR } from "../../lib/quotas";
import styles from "./quotas.module.css";

/** How much of a quota is used; nothing where nothing limits it. */
export function Bar({ value }: { value: number | null }) {
  if (value === null) return null;
  return (
    <span className={styles.bar} title={`${Math.round(value * 100)} %`}>
      <span className={value >= NEAR ? styles.full : undefined} style={{ width: `${100 * value}%` }} />
    </span>
  );
}
