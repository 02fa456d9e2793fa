import type { StateCounts } from "../../api/work/model";
import { classes } from "../../lib/classes";
import { partsOf, progressText, totalOf } from "./progress";
import styles from "./GridProgress.module.css";

/** How far jobs are that were asked for together: a bar with a part for each state, and the same in words. */
export function GridProgress({ states, isWide }: { states: StateCounts; isWide?: boolean }) {
  const text = progressText(states);
  const total = Math.max(1, totalOf(states));
  return (
    <span className={classes(styles.progress, isWide && styles.wide)} title={text}>
      <span className={styles.bar} aria-hidden="true">
        {partsOf(states).map(([state, n]) => (
          <span key={state} data-state={state} style={{ width: `${(100 * n) / total}%` }} />
        ))}
      </span>
      <span className={styles.text}>{text}</span>
    </span>
  );
}
