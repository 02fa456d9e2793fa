import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useApi } from "../../api/context";
import type { Page, Run, RunInfo, RunKeys } from "../../api/model";
import { keys, useLiveRuns } from "../../api/queries";
import { useLatest } from "../../components/useLatest";
import { quoteValue } from "../../lib/filter/complete";
import { missingParents } from "../../lib/runTree";

const PAGE = 200;
const LIVE_MS = 1000;
const NO_KEYS: RunKeys = { metrics: [], params: [], tags: [] };
/** A run counts as new if it began after the page was opened, give or take what clocks differ. */
const CLOCK_SLACK_MS = 60_000;

export interface RunRequest {
  experimentIds: string[];
  filter: string;
  orderBy: string[];
  keys: RunKeys;
}

export function idFilter(ids: readonly string[]): string {
  return `run_id IN (${ids.map(quoteValue).join(", ")})`;
}

/** The runs that fit, page by page as the reader scrolls, kept fresh while they change. */
export function useRunRows(request: RunRequest, enabled: boolean) {
  const api = useApi();
  const client = useQueryClient();
  const queryKey = [...keys.runs, request];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      api.searchRuns({ ...request, lifecycle: "active", limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<Run>) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    enabled,
    staleTime: 15_000,
    refetchOnWindowFocus: false,
  });
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);

  const [unseenIds, setUnseenIds] = useState<readonly string[]>([]);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const known = useLatest(useMemo(() => new Set(runs.map((run) => run.id)), [runs]));
  const unseen = useRef(new Set<string>());
  const [openedMs] = useState(() => Date.now() - CLOCK_SLACK_MS);

  const onChange = useCallback((infos: RunInfo[]) => {
    for (const info of infos) if (!known.current.has(info.id) && !info.isDeleted && info.startMs >= openedMs) unseen.current.add(info.id);
    setUnseenIds((before) => (before.length === unseen.current.size ? before : [...unseen.current]));
    setChanged((before) => new Set([...before, ...infos.map((info) => info.id).filter((id) => known.current.has(id))]));
  }, [known, openedMs]);
  useLiveRuns(request.experimentIds, onChange);

  const asked = useLatest({ request, queryKey });
  useEffect(() => {
    if (!changed.size) return undefined;
    const timer = setTimeout(async () => {
      const { request: now, queryKey: key } = asked.current;
      const ids = [...changed].slice(0, PAGE);
      setChanged(new Set());
      const fresh = await api.searchRuns({ ...now, filter: idFilter(ids), orderBy: [], lifecycle: "all", limit: PAGE, cursor: "" }).catch(() => null);
      if (fresh) client.setQueryData(key, (data: RunPages | undefined) => data && patched(data, fresh.items));
    }, LIVE_MS);
    return () => clearTimeout(timer);
  }, [api, asked, changed, client]);

  const parentIds = useMemo(() => missingParents(runs), [runs]);
  const parents = useQuery({
    queryKey: [...keys.runs, "parents", parentIds, request.keys],
    enabled: parentIds.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () =>
      api.searchRuns({ ...request, filter: idFilter(parentIds.slice(0, PAGE)), orderBy: [], lifecycle: "active", limit: PAGE, cursor: "" }),
  });
  const parentMap = useMemo(
    () => new Map((parentIds.length ? (parents.data?.items ?? []) : []).map((run) => [run.id, run])),
    [parents.data, parentIds],
  );

  const fitting = useQuery({
    queryKey: [...keys.runs, "new", request.experimentIds, request.filter, unseenIds],
    enabled: unseenIds.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const among = idFilter(unseenIds.slice(0, PAGE));
      const filter = request.filter ? `(${request.filter}) AND ${among}` : among;
      const page = await api.searchRuns({ ...request, filter, orderBy: [], lifecycle: "active", limit: PAGE, cursor: "", keys: NO_KEYS });
      return page.items.length;
    },
  });
  const nNew = unseenIds.length ? (fitting.data ?? 0) : 0;

  const { refetch } = query;
  const showNew = useCallback(() => {
    unseen.current.clear();
    setUnseenIds([]);
    void refetch();
  }, [refetch]);
  return { ...query, runs, parents: parentMap, nNew, showNew };
}

type RunPages = InfiniteData<Page<Run>, string>;

/** The same pages with newer rows in place; runs that went to the trash leave. */
function patched(data: RunPages, fresh: readonly Run[]): RunPages {
  const byId = new Map(fresh.map((run) => [run.id, run]));
  const pages = data.pages.map((page) => {
    if (!page.items.some((run) => byId.has(run.id))) return page;
    return { ...page, items: page.items.map((run) => byId.get(run.id) ?? run).filter((run) => !run.isDeleted) };
  });
  return { ...data, pages };
}
