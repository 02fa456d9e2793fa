/** What pages of projects and jobs ask, with one key for each question so that a change finds all who asked. */
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useApi } from "../context";
import type { Page } from "../model";
import type { Job, JobState } from "./model";

export const workKeys = {
  projects: ["projects"] as const,
  project: (name: string) => ["projects", "one", name] as const,
  jobs: ["jobs"] as const,
  job: (id: string) => ["jobs", "one", id] as const,
  agents: ["agents"] as const,
  targets: ["targets"] as const,
  secrets: ["secrets"] as const,
};

const PAGE = 100;

export function useProjects() {
  const api = useApi();
  return useQuery({ queryKey: workKeys.projects, queryFn: () => api.work.listProjects() });
}

export function useProject(name: string) {
  const api = useApi();
  return useQuery({ queryKey: workKeys.project(name), queryFn: () => api.work.getProject(name), enabled: name !== "" });
}

/** Jobs that fit, the newest first, page by page as the reader scrolls. */
export function useJobs(states: readonly JobState[], project: string, queue: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...workKeys.jobs, "list", states, project, queue],
    queryFn: ({ pageParam, signal }) => api.work.listJobs({ states, project, queue, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<Job>) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
  });
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

/** Fetches again what is shown of jobs and projects when the server says that jobs changed. */
export function useLiveJobs(onChange?: (jobs: Job[]) => void): void {
  const api = useApi();
  const client = useQueryClient();
  useEffect(
    () =>
      api.work.watchWork({
        onJobs: (jobs) => {
          onChange?.(jobs);
          void client.invalidateQueries({ queryKey: workKeys.jobs });
          void client.invalidateQueries({ queryKey: workKeys.projects });
        },
      }),
    [api, client, onChange],
  );
}
