import { ChevronDown } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { EmptyState } from "../../components/States";
import { cutMiddle, exactNumber, plural, roundNumber, shortNumber } from "../../lib/format";
import type { ComparisonProps } from "./ComparePage";
import { readStat } from "./compareRows";
import { explain, targets } from "./why";
import styles from "./ComparePage.module.css";

const LEAST = 4;
const OFFERED = 40;
const SHOWN = 40;

/** What separates the best of the runs from the rest. */
export function WhyTab({ runs, query, setQuery, colourOf, tabs }: ComparisonProps & { tabs: ReactNode }) {
  const stat = readStat(query.stat);
  const metrics = useMemo(() => targets(runs, stat).slice(0, OFFERED), [runs, stat]);
  const target = query.y || metrics[0] || "";
  const why = useMemo(() => explain(runs, target, stat), [runs, target, stat]);
  const best = why.ranked.slice(0, why.nBest);
  return (
    <>
      <div className={styles.line}>
        {tabs}
        {metrics.length > 0 && (
          <Menu
            trigger={
              <Button small look="quiet">
                Better {cutMiddle(target, 32)}
                <ChevronDown size={11} />
              </Button>
            }
            entries={metrics.map((key) => ({ label: key, checked: key === target, onSelect: () => setQuery({ y: key }, { replace: true }) }))}
          />
        )}
      </div>
      {why.ranked.length < LEAST ? (
        <EmptyState
          title="Too few runs to tell"
          text={`At least ${LEAST} runs with a number are needed to see what goes with a better ${target || "metric"}; ${why.ranked.length === 1 ? "one has" : `${plural(why.ranked.length, "run")} have`} one. The charts of the experiment look at all its runs.`}
        />
      ) : !why.rows.length ? (
        <EmptyState title="Nothing tells these runs apart" text="They agree in their params, tags, data and code, or each has values of its own. Differences of their metrics are chance, or come from what was not logged." />
      ) : (
        <div className={styles.scroll}>
          <p className={styles.ranked}>
            Best by {target}:
            {best.map((run) => (
              <span key={run.id} title={`${run.name}: ${exactNumber(run.metrics[target]?.[stat])}`}>
                <i style={{ background: colourOf(run.id) }} />
                {cutMiddle(run.name, 28)} <b>{shortNumber(run.metrics[target]?.[stat])}</b>
              </span>
            ))}
          </p>
          <table className={styles.table}>
            <thead>
              <tr>
                <th>What</th>
                <th>Explains</th>
                <th />
                <th>Better with</th>
                <th>Best {plural(best.length, "run")}</th>
                <th>The other {why.ranked.length - best.length}</th>
              </tr>
            </thead>
            <tbody>
              {why.rows.slice(0, SHOWN).map((row) => (
                <tr key={row.key}>
                  <td title={row.key}>{row.key}</td>
                  <td title={row.measure === "ranks" ? "squared rank correlation, adjusted" : "eta squared, adjusted"}>{roundNumber(row.share * 100, 2)} %</td>
                  <td>
                    <span className={styles.bar}>
                      <span style={{ width: `${row.share * 100}%` }} />
                    </span>
                  </td>
                  <td>{row.better}</td>
                  <td title={row.best}>{row.best}</td>
                  <td title={row.rest}>{row.rest}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className={styles.measure}>
            The share of the variance of {target} that each explains alone, over these {why.ranked.length} runs: eta squared over equal values, or Spearman’s rank correlation
            squared for numbers that hardly repeat, both adjusted for chance as R² is. Things that were changed together share the credit, and with few runs this is a hint, not a
            proof.
          </p>
        </div>
      )}
    </>
  );
}
