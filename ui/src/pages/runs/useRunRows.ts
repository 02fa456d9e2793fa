import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useApi } from "../../api/context";
import type { Page, Run, RunInfo, RunKeys } from "../../api/model";
import { keys, useLiveRuns } from "../../api/queries";
import { useLatest } from "../../components/useLatest";
import { PageTrail } from "../../lib/pageTrail";
import { missingParents } from "../../lib/runTree";
import { findParents } from "./findParents";
import { type RunRequest, idFilter } from "./runRequest";

/** More than a tall screen shows, few enough to come and be drawn at once. */
const PAGE = 100;
/** Pages kept in memory around the reader; others come again by their cursor. */
const MOST_PAGES = 30;
const LIVE_MS = 1000;
const NO_KEYS: RunKeys = { metrics: [], params: [], tags: [] };
/** A run counts as new if it began after the page was opened, give or take what clocks differ. */
const CLOCK_SLACK_MS = 60_000;

/**
 * The runs that fit, page by page as the reader scrolls, kept fresh while they change. Memory holds a window of pages: `nBefore`
 * and `nAfter` rows were seen and let go, and come back when the reader does.
 */
export function useRunRows(request: RunRequest, enabled: boolean) {
  const api = useApi();
  const client = useQueryClient();
  const queryKey = [...keys.runs, request];
  const trail = useTrail(JSON.stringify(request));
  const query = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.searchRuns({ ...request, lifecycle: "active", limit: PAGE, cursor: pageParam }, signal);
      trail.note(pageParam, page.nextCursor);
      return page;
    },
    initialPageParam: "",
    getNextPageParam: (last: Page<Run>) => last.nextCursor || undefined,
    getPreviousPageParam: (_first: Page<Run>, _all: Page<Run>[], param: string) => trail.before(param),
    maxPages: MOST_PAGES,
    placeholderData: keepPreviousData,
    enabled,
    staleTime: 15_000,
    gcTime: 60_000,
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
    queryKey: [...keys.runs, "parents", parentIds, request],
    enabled: parentIds.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () => findParents(api, request, parentIds),
  });
  const above = useMemo(() => {
    const { runs: found = [], fittingIds = [] } = (parentIds.length ? parents.data : undefined) ?? {};
    return { byId: new Map(found.map((run) => [run.id, run])), fitting: new Set(fittingIds) };
  }, [parents.data, parentIds]);

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

  const firstParam = query.data?.pageParams[0] as string | undefined;
  const nBefore = firstParam === undefined ? 0 : trail.indexOf(firstParam) * PAGE;
  const nAfter = Math.max(0, trail.nRead * PAGE - nBefore - (query.data?.pages.length ?? 0) * PAGE);
  useEffect(() => {
    // Left and come back to: the pages are still there, but not the way to those before them.
    if (firstParam && !query.isPlaceholderData && !trail.knows(firstParam)) void client.resetQueries({ queryKey: asked.current.queryKey });
  }, [asked, client, firstParam, query.isPlaceholderData, trail]);
  /** To a place that was let go: the page there takes the place of all that is kept. */
  const jump = useCallback(
    async (row: number) => {
      const { request: now, queryKey: key } = asked.current;
      const cursor = trail.at(Math.floor(row / PAGE));
      if (cursor === undefined) return;
      const page = await api.searchRuns({ ...now, lifecycle: "active", limit: PAGE, cursor }).catch(() => null);
      if (page) client.setQueryData<RunPages>(key, { pages: [page], pageParams: [cursor] });
    },
    [api, asked, client, trail],
  );

  const { refetch } = query;
  const showNew = useCallback(() => {
    unseen.current.clear();
    setUnseenIds([]);
    void refetch();
  }, [refetch]);
  return { ...query, runs, above, nNew, showNew, nBefore, nAfter, jump };
}

/** A trail for each search. */
function useTrail(search: string): PageTrail {
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => new PageTrail(), [search]);
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
