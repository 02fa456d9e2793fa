/** What pages of models ask, with one key for each question so that a change finds all who asked. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { quoteValue } from "../../lib/filter/complete";
import { useApi } from "../context";
import type { Page } from "../model";
import type { ModelSearch, ModelVersion, RegisteredModel } from "./model";

export const modelKeys = {
  all: ["models"] as const,
  list: ["models", "list"] as const,
  one: (name: string) => ["models", "one", name] as const,
  version: (name: string, version: number) => ["models", "one", name, "version", version] as const,
  files: (name: string, version: number) => ["models", "files", name, String(version)] as const,
  ofRun: (runId: string) => ["models", "run", runId] as const,
};

const PAGE = 100;
const EVERY_MS = 30_000;
const VERSIONS = 200;
const PENDING_EVERY_MS = 2_000;

/** Models that fit, page by page as the reader scrolls. */
export function useModels(filter: string, orderBy: string[]) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...modelKeys.list, filter, orderBy],
    queryFn: ({ pageParam, signal }) => api.registry.searchModels({ filter, orderBy, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<RegisteredModel>) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
}

export function useModel(name: string) {
  const api = useApi();
  return useQuery({ queryKey: [...modelKeys.one(name), "model"], queryFn: () => api.registry.getModel(name) });
}

/** Versions of a model, the newest first. */
export function useVersions(name: string) {
  return useVersionSearch([...modelKeys.one(name), "versions"], {
    filter: `name = ${quoteValue(name)}`,
    orderBy: ["version_number DESC"],
    limit: VERSIONS,
  });
}

/** Versions that came from a run. */
export function useVersionsOfRun(runId: string) {
  return useVersionSearch([...modelKeys.ofRun(runId), "versions"], { filter: `run_id = ${quoteValue(runId)}`, orderBy: [], limit: VERSIONS });
}

function useVersionSearch(queryKey: readonly unknown[], search: Omit<ModelSearch, "cursor">) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => api.registry.searchVersions({ ...search, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<ModelVersion>) => last.nextCursor || undefined,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(isPending)) ? PENDING_EVERY_MS : false),
  });
}

const isPending = ({ status }: ModelVersion) => status === "pending";

/** Asks for nothing while there is no such number. */
export function useVersion(name: string, version: number) {
  const api = useApi();
  return useQuery({
    queryKey: modelKeys.version(name, version),
    queryFn: () => api.registry.getVersion(name, version),
    enabled: Number.isInteger(version) && version > 0,
    refetchInterval: ({ state }) => (state.data && isPending(state.data) ? PENDING_EVERY_MS : false),
  });
}

export function useAliasMoves(name: string) {
  const api = useApi();
  return useQuery({ queryKey: [...modelKeys.one(name), "moves"], queryFn: () => api.registry.listAliasMoves(name) });
}

export function useScorers() {
  const api = useApi();
  return useQuery({ queryKey: ["scorers"], queryFn: () => api.registry.listScorers(), staleTime: EVERY_MS });
}
