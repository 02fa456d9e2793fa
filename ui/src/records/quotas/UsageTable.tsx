import type { Usage } from "../../api/keeping/model";
import { classes } from "../../lib/classes";
import { bytes, count } from "../../lib/format";
import { ofLimit, share, warnings } from "../../lib/quotas";
import table from "../accounts/accounts.module.css";
import { Bar } from "./Bar";
import styles from "./quotas.module.css";

/** What one owner keeps and may, with a warning before and at a limit. */
export function UsageTable({ usage, label }: { usage: Usage; label: string }) {
  const { limits } = usage;
  const rate = limits.maxRequestsPerS === -1 ? "" : `, at most ${limits.maxRequestsPerS} a second`;
  const facts = [
    { word: "Runs", told: ofLimit(usage.nRuns, limits.maxRuns, count), part: share(usage.nRuns, limits.maxRuns) },
    { word: "Files", told: ofLimit(usage.nBytes, limits.maxBytes, bytes), part: share(usage.nBytes, limits.maxBytes) },
    { word: "Points of metrics", told: ofLimit(usage.nPoints, limits.maxPoints, count), part: share(usage.nPoints, limits.maxPoints) },
    { word: "Requests", told: `${count(usage.nRequestsToday)} today, ${count(usage.nRequests)} in 30 days${rate}`, part: null },
  ];
  return (
    <>
      {warnings(usage).map(({ text, isFull }) => (
        <p key={text} role="status" className={isFull ? styles.atLimit : styles.near}>
          {text}
        </p>
      ))}
      <table className={classes(table.table, table.facts)} aria-label={label}>
        <tbody>
          {facts.map(({ word, told, part }) => (
            <tr key={word}>
              <td>{word}</td>
              <td>{told}</td>
              <td aria-hidden="true" className={styles.part}>
                <Bar value={part} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
