/** What pages ask of the server, with one key for each question so that a change finds all who asked. */
import { type QueryClient, keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError, type RunfoldApi } from "./client";
import { useApi } from "./context";
import type { GroupSearch, KeyKind, Lifecycle, RunInfo, SeriesRequest, TableSearch } from "./model";

export const keys = {
  experiments: ["experiments"] as const,
  experiment: (id: string) => ["experiments", "one", id] as const,
  runs: ["runs"] as const,
  anyRun: ["run"] as const,
  run: (id: string) => ["run", id] as const,
  columns: ["columns"] as const,
  series: ["series"] as const,
  views: (scope: string) => ["views", scope] as const,
  artifacts: (runId: string) => ["artifacts", runId] as const,
  trash: ["trash"] as const,
};

/** Counts and sparklines of a page that stays open all day. */
const EXPERIMENTS_EVERY_MS = 15_000;

/** A wrong request stays wrong; a missing server may come back. */
export function shouldRetry(failures: number, error: Error): boolean {
  return error instanceof ApiError && error.isUnreachable && failures < 2;
}

export function useExperiments(lifecycle: Lifecycle) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.experiments, lifecycle],
    queryFn: () => api.listExperiments(lifecycle),
    refetchInterval: EXPERIMENTS_EVERY_MS,
  });
}

/** Asks for nothing while the id is empty. */
export function useExperiment(id: string) {
  const api = useApi();
  return useQuery({ queryKey: keys.experiment(id), queryFn: () => api.getExperiment(id), enabled: id !== "" });
}

export function useRun(id: string) {
  const api = useApi();
  return useQuery({ queryKey: keys.run(id), queryFn: () => api.getRun(id) });
}

export function useKeys(experimentIds: string[], kinds: KeyKind[], text = "", limit = 60) {
  const api = useApi();
  return useQuery({
    ...keysQuery(api, experimentIds, kinds, text, limit),
    placeholderData: keepPreviousData,
    enabled: experimentIds.length > 0,
  });
}

function keysQuery(api: RunfoldApi, experimentIds: string[], kinds: KeyKind[], text: string, limit: number) {
  return queryOptions({
    queryKey: [...keys.columns, experimentIds, kinds, text, limit],
    queryFn: () => api.searchKeys(experimentIds, kinds, text, limit),
    staleTime: 30_000,
  });
}

const MOST_METRICS = 200;

/** The metrics that columns are chosen among. */
export function useMetricKeys(experimentIds: string[]) {
  return useKeys(experimentIds, ["metric"], "", MOST_METRICS);
}

/** Asks for what the page of runs waits for, while its code is on the way. */
export function prefetchRunsPage(api: RunfoldApi, client: QueryClient, experimentIds: string[]): void {
  const [first] = experimentIds;
  if (first === undefined) return;
  void client.prefetchQuery(keysQuery(api, experimentIds, ["metric"], "", MOST_METRICS));
  void client.prefetchQuery({ queryKey: keys.experiment(first), queryFn: () => api.getExperiment(first) });
}

export function useGroups(search: GroupSearch, enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.runs, "groups", search],
    queryFn: ({ signal }) => api.groupRuns(search, signal),
    placeholderData: keepPreviousData,
    enabled,
    staleTime: 20_000,
  });
}

export function useRunTable(search: TableSearch, enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.runs, "table", search],
    queryFn: ({ signal }) => api.readTable(search, signal),
    placeholderData: keepPreviousData,
    enabled,
    staleTime: 20_000,
  });
}

export function useSeries(request: SeriesRequest, enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.series, request],
    queryFn: ({ signal }) => api.sampleSeries(request, signal),
    placeholderData: keepPreviousData,
    enabled: enabled && request.runIds.length > 0 && request.keys.length > 0,
    staleTime: 5_000,
  });
}

/** Fetches again what is shown of these experiments when the server says that runs changed. */
export function useLiveRuns(experimentIds: string[], onChange?: (runs: RunInfo[]) => void): void {
  const api = useApi();
  const client = useQueryClient();
  const ids = experimentIds.join();
  useEffect(() => {
    if (!ids) return undefined;
    return api.watchRuns(ids.split(","), (runs) => {
      onChange?.(runs);
      const changed = new Set(runs.map((run) => run.id));
      for (const id of changed) void client.invalidateQueries({ queryKey: keys.run(id) });
      void client.invalidateQueries({
        queryKey: keys.series,
        predicate: ({ queryKey }) => (queryKey[1] as SeriesRequest).runIds.some((id) => changed.has(id)),
      });
    });
  }, [api, client, ids, onChange]);
}
