import { Link } from "@tanstack/react-router";
import { Pin } from "lucide-react";
import { useMemo } from "react";
import { classes } from "../../lib/classes";
import { cutMiddle } from "../../lib/format";
import { headlineMetrics } from "../../lib/headline";
import { ChartBoard } from "../../records/ChartBoard";
import { useFocus } from "../../records/useFocus";
import type { ComparisonProps } from "./ComparePage";
import styles from "./ComparePage.module.css";

/** The metrics of all compared runs, drawn over each other; the list beside them says whose line is whose. */
export function CompareCharts({ runs, query, setQuery, colourOf }: ComparisonProps) {
  const { focus, setFocus, pinned, pin } = useFocus();
  const hidden = useMemo(() => new Set(query.hide?.split(",")), [query.hide]);
  const drawn = useMemo(() => runs.filter((run) => !hidden.has(run.id)), [runs, hidden]);
  const metrics = useMemo(() => {
    const counts = new Map<string, number>();
    for (const run of runs) for (const key of Object.keys(run.metrics)) counts.set(key, (counts.get(key) ?? 0) + 1);
    const facts = [...counts].map(([key, nRuns]) => ({ key, nRuns, variation: 1 }));
    const ranked = headlineMetrics(facts, facts.length);
    return [...ranked, ...[...counts.keys()].filter((key) => !ranked.includes(key)).sort()];
  }, [runs]);
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setQuery({ hide: [...next].join(",") }, { replace: true });
  };
  return (
    <div className={styles.board}>
      <ul className={styles.legend} aria-label="Runs drawn">
        {runs.map((run) => {
          const isDrawn = !hidden.has(run.id);
          const colour = colourOf(run.id);
          return (
            <li key={run.id} className={classes(!isDrawn && styles.off, focus === run.id && styles.focus)} onPointerEnter={() => setFocus(run.id)} onPointerLeave={() => setFocus(null)}>
              <button type="button" aria-pressed={isDrawn} aria-label={`Draw ${run.name}`} onClick={() => toggle(run.id)}>
                <i style={{ borderColor: colour, background: isDrawn ? colour : "none" }} />
              </button>
              <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
                {cutMiddle(run.name, 24)}
              </Link>
              {pinned === run.id && (
                <button type="button" className={styles.pinned} aria-label={`Let go of ${run.name}`} onClick={() => pin(run.id)}>
                  <Pin size={11} />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <ChartBoard runs={drawn} metrics={metrics} query={query} setQuery={setQuery} colourOf={colourOf} focus={focus} onFocus={setFocus} onPick={pin} />
    </div>
  );
}
