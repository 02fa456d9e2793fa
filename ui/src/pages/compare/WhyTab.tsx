import { ChevronDown } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import type { Run } from "../../api/model";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { EmptyState } from "../../components/States";
import { lowerIsBetter } from "../../lib/field";
import { plural, roundNumber } from "../../lib/format";
import { headlineMetrics } from "../../lib/headline";
import { paramImportance } from "../../lib/importance";
import type { ComparisonProps } from "./ComparePage";
import styles from "./ComparePage.module.css";

const LEAST = 4;

/** What separates the best of the runs from the rest. */
export function WhyTab({ runs, query, setQuery, tabs }: ComparisonProps & { tabs: ReactNode }) {
  const metrics = useMemo(() => {
    const all = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
    return headlineMetrics(all.map((key) => ({ key, nRuns: 1, variation: 1 })), 40);
  }, [runs]);
  const target = query.y || metrics[0] || "";
  const sign = lowerIsBetter(target) ? 1 : -1;
  const ranked = useMemo(
    () =>
      runs
        .filter((run) => Number.isFinite(run.metrics[target]?.last))
        .sort((a, b) => sign * ((a.metrics[target]?.last ?? 0) - (b.metrics[target]?.last ?? 0))),
    [runs, target, sign],
  );
  const nBest = Math.max(1, Math.round(ranked.length / 3));
  const rows = useMemo(() => paramImportance(ranked.map((run) => ({ params: run.params, value: run.metrics[target]?.last ?? Number.NaN }))), [ranked, target]);
  const best = ranked.slice(0, nBest);
  const rest = ranked.slice(nBest);
  return (
    <>
      <div className={styles.line}>
        {tabs}
        <Menu
          trigger={
            <Button small look="quiet">
              Metric: {target}
              <ChevronDown size={11} />
            </Button>
          }
          entries={metrics.map((key) => ({ label: key, checked: key === target, onSelect: () => setQuery({ y: key }, { replace: true }) }))}
        />
      </div>
      {ranked.length < LEAST || !rows.length ? (
        <EmptyState
          title="Too few runs to tell"
          text={`At least ${LEAST} runs with a param of different values are needed to see what goes with a better ${target || "metric"}; the charts of the experiment look at all its runs.`}
        />
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th>Param</th>
                <th>Explains</th>
                <th />
                <th>Best {plural(best.length, "run")}</th>
                <th>The other {rest.length}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, share }) => (
                <tr key={key}>
                  <td>{key}</td>
                  <td>{roundNumber(share * 100, 2)} %</td>
                  <td>
                    <span className={styles.bar}>
                      <span style={{ width: `${share * 100}%` }} />
                    </span>
                  </td>
                  <td>{typical(best, key)}</td>
                  <td>{typical(rest, key)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className={styles.quiet}>
            Share of the variance of {target} that a param explains alone, over these {ranked.length} runs (adjusted eta squared). With few runs it is a hint, not a proof.
          </p>
        </div>
      )}
    </>
  );
}

/** The values runs have, the most frequent first. */
function typical(runs: readonly Run[], key: string): string {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(run.params[key] ?? "none", (counts.get(run.params[key] ?? "none") ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([value, n]) => (n > 1 ? `${value} ×${n}` : value))
    .join(", ");
}
