import { useQueries } from "@tanstack/react-query";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { fieldText, lowerIsBetter, parseField } from "../../lib/field";

export interface Best {
  /** Column. */
  id: string;
  runId: string;
  runName: string;
  value: number;
}

/** The run with the best value of each metric column, among all that fit the filter and not only the loaded ones. */
export function useBest(experimentIds: string[], filter: string, columns: readonly string[], enabled: boolean): Best[] {
  const api = useApi();
  const metrics = columns.map(parseField).filter((f) => f.kind === "metrics" && f.stat !== "count");
  const results = useQueries({
    queries: metrics.map((of) => {
      const id = fieldText(of);
      const order = `${id} ${lowerIsBetter(of.key) ? "ASC" : "DESC"}`;
      const columnKeys = { metrics: [of.key], params: [], tags: [] };
      return {
        queryKey: [...keys.runs, "best", experimentIds, filter, id],
        enabled,
        staleTime: 30_000,
        queryFn: async (): Promise<Best | null> => {
          const page = await api.searchRuns({ experimentIds, filter, orderBy: [order], lifecycle: "active", limit: 1, cursor: "", keys: columnKeys });
          const run = page.items[0];
          const value = run?.metrics[of.key]?.[of.stat];
          return run && value !== undefined && Number.isFinite(value) ? { id, runId: run.id, runName: run.name, value } : null;
        },
      };
    }),
  });
  return results.flatMap(({ data }) => data ?? []);
}
