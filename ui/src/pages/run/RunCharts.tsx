import { useMemo, useState } from "react";
import type { Run } from "../../api/model";
import type { SetQuery } from "../../components/useQuery";
import { headlineMetrics } from "../../lib/headline";
import type { Query } from "../../lib/query";
import { ChartBoard } from "../../records/ChartBoard";
import { useRunColours } from "../../records/runColours";

/** The metrics of one run over steps or time; those of its machine on a page of their own. */
export function RunCharts({ run, isSystem, query, setQuery }: { run: Run; isSystem: boolean; query: Query; setQuery: SetQuery }) {
  const [focus, setFocus] = useState<string | null>(null);
  const { id, name, startMs } = run;
  const runs = useMemo(() => [{ id, name, startMs }], [id, name, startMs]);
  const keyText = Object.keys(run.metrics).filter((key) => key.startsWith("system/") === isSystem).join("\n");
  const metrics = useMemo(() => {
    const keys = keyText.split("\n").filter(Boolean);
    const ranked = headlineMetrics(keys.map((key) => ({ key, nRuns: 1, variation: 1 })), keys.length);
    const known = new Set(ranked);
    return [...ranked, ...keys.filter((key) => !known.has(key)).sort()];
  }, [keyText]);
  // One that was opened from a list of thousands is not among the first that are drawn.
  const { big } = query;
  const shownFirst = useMemo(() => (big && metrics.includes(big) ? [big, ...metrics.filter((key) => key !== big)] : metrics), [metrics, big]);
  const colourOf = useRunColours([id]);
  const shown = isSystem && !query.x ? { ...query, x: "relative" } : query;
  return <ChartBoard runs={runs} metrics={shownFirst} query={shown} setQuery={setQuery} colourOf={colourOf} focus={focus} onFocus={setFocus} />;
}
