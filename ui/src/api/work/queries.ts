/** What pages of projects and jobs ask, with one key for each question so that a change finds all who asked. */
import { type InfiniteData, type QueryClient, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useApi } from "../context";
import type { Page } from "../model";
import { pagesWith } from "./live";
import { EVERY_JOB, type Job, type JobFilter } from "./model";

export const workKeys = {
  projects: ["projects"] as const,
  project: (name: string) => ["projects", "one", name] as const,
  jobs: ["jobs"] as const,
  jobLists: ["jobs", "list"] as const,
  jobCounts: ["jobs", "counts"] as const,
  jobGrids: ["jobs", "grids"] as const,
  job: (id: string) => ["jobs", "one", id] as const,
  agents: ["agents"] as const,
  targets: ["targets"] as const,
  secrets: ["secrets"] as const,
};

const PAGE = 100;
const MOST_GRIDS = 1000;

export function useProjects() {
  const api = useApi();
  return useQuery({ queryKey: workKeys.projects, queryFn: () => api.work.listProjects() });
}

export function useProject(name: string) {
  const api = useApi();
  return useQuery({ queryKey: workKeys.project(name), queryFn: () => api.work.getProject(name), enabled: name !== "" });
}

/** Jobs that fit, the newest first, page by page as the reader scrolls. */
export function useJobs(filter: Partial<JobFilter>) {
  const api = useApi();
  const whole = { ...EVERY_JOB, ...filter };
  return useInfiniteQuery({
    queryKey: [...workKeys.jobLists, whole],
    queryFn: ({ pageParam, signal }) => api.work.listJobs({ ...whole, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<Job>) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
}

export function useJobCounts(filter: Partial<JobFilter>) {
  const api = useApi();
  const whole = { ...EVERY_JOB, ...filter };
  return useQuery({ queryKey: [...workKeys.jobCounts, whole], queryFn: ({ signal }) => api.work.countJobs(whole, signal), placeholderData: keepPreviousData });
}

/** How far grids are, by their names; the first of very many. */
export function useJobGrids(grids: readonly string[]) {
  const api = useApi();
  const asked = [...new Set(grids)].filter(Boolean).slice(0, MOST_GRIDS);
  return useQuery({ queryKey: [...workKeys.jobGrids, asked], queryFn: () => api.work.jobGrids(asked), enabled: asked.length > 0, placeholderData: keepPreviousData });
}

export function useJob(id: string) {
  const api = useApi();
  return useQuery({ queryKey: workKeys.job(id), queryFn: () => api.work.getJob(id) });
}

export function useJobSteps(id: string) {
  const api = useApi();
  return useQuery({ queryKey: [...workKeys.job(id), "steps"], queryFn: () => api.work.jobSteps(id) });
}

/** Agents as they are now, without asking again: the server says when one comes, goes, or has more or less to do. */
export function useAgents() {
  const api = useApi();
  const client = useQueryClient();
  useEffect(() => api.work.watchWork({ onAgents: (agents) => client.setQueryData(workKeys.agents, agents) }), [api, client]);
  return useQuery({ queryKey: workKeys.agents, queryFn: () => api.work.listAgents() });
}

export function useTargets() {
  const api = useApi();
  return useQuery({ queryKey: workKeys.targets, queryFn: () => api.work.listTargets() });
}

export function useSecrets() {
  const api = useApi();
  return useQuery({ queryKey: workKeys.secrets, queryFn: () => api.work.listSecrets() });
}

/** Brings what is shown of jobs and projects up to date when the server says that jobs changed: long lists in place. */
export function useLiveJobs(onChange?: (jobs: Job[]) => void): void {
  const api = useApi();
  const client = useQueryClient();
  useEffect(
    () =>
      api.work.watchWork({
        onBegin: () => {
          // What changed while nobody listened: a project may have been read between two pages.
          for (const queryKey of [workKeys.jobs, workKeys.projects]) void client.invalidateQueries({ queryKey });
        },
        onJobs: (jobs) => {
          onChange?.(jobs);
          changeLists(client, jobs);
          for (const job of jobs) void client.invalidateQueries({ queryKey: workKeys.job(job.id) });
          for (const queryKey of [workKeys.jobCounts, workKeys.jobGrids, workKeys.projects]) void client.invalidateQueries({ queryKey });
        },
      }),
    [api, client, onChange],
  );
}

function changeLists(client: QueryClient, jobs: readonly Job[]): void {
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: workKeys.jobLists })) {
    const filter = queryKey[workKeys.jobLists.length] as JobFilter;
    const before = state.data as InfiniteData<Page<Job>, string> | undefined;
    // An answer that is under way may be from before the change, and would undo it.
    const pages = before && state.fetchStatus === "idle" && pagesWith(before.pages, jobs, filter);
    if (before && pages) client.setQueryData(queryKey, { ...before, pages });
    else void client.invalidateQueries({ queryKey });
  }
}
