import { fieldLabel, parseField } from "../../lib/field";
import { cutMiddle, exactNumber, shortNumber } from "../../lib/format";
import type { Best } from "./useBest";
import styles from "./RunsPage.module.css";

const SHOWN = 2;

/** The answer most people come for: which run is best, and by how much it is. */
export function BestLine({ best, onOpen }: { best: Best[]; onOpen: (runId: string) => void }) {
  return (
    <span className={styles.best}>
      {best.slice(0, SHOWN).map(({ id, runId, runName, value }) => (
        <button key={id} type="button" title={`${runName}: ${exactNumber(value)}`} onClick={() => onOpen(runId)}>
          best {cutMiddle(fieldLabel(parseField(id)), 24)} <strong>{shortNumber(value)}</strong> {cutMiddle(runName, 18)}
        </button>
      ))}
    </span>
  );
}
