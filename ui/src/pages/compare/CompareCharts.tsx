import { useMemo, useState } from "react";
import { headlineMetrics } from "../../lib/headline";
import { ChartBoard } from "../../records/ChartBoard";
import type { ComparisonProps } from "./ComparePage";

/** The metrics of all compared runs, drawn over each other. */
export function CompareCharts({ runs, query, setQuery, colourOf }: ComparisonProps) {
  const [focus, setFocus] = useState<string | null>(null);
  const metrics = useMemo(() => {
    const counts = new Map<string, number>();
    for (const run of runs) for (const key of Object.keys(run.metrics)) counts.set(key, (counts.get(key) ?? 0) + 1);
    const facts = [...counts].map(([key, nRuns]) => ({ key, nRuns, variation: 1 }));
    const ranked = headlineMetrics(facts, facts.length);
    return [...ranked, ...[...counts.keys()].filter((key) => !ranked.includes(key)).sort()];
  }, [runs]);
  return <ChartBoard runs={runs} metrics={metrics} query={query} setQuery={setQuery} colourOf={colourOf} focus={focus} onFocus={setFocus} />;
}
