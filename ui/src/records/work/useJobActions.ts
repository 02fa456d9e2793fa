import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "../../api/context";
import type { RunfoldApi } from "../../api/client";
import { ACTIVE, EVERY_JOB, type Job, type JobState, type Work, gridNameOf } from "../../api/work/model";
import { workKeys } from "../../api/work/queries";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { jobTitle } from "./JobMark";
import { MOST_RUNS } from "./launch";
import { watchJobs } from "./watched";

const AT_A_TIME = 6;

export interface JobActions {
  cancel: (job: Job) => Promise<void>;
  retry: (job: Job) => Promise<void>;
  /** Ends those of a grid that are not over. */
  cancelGrid: (grid: string) => Promise<void>;
  retryGrid: (grid: string, states: readonly JobState[]) => Promise<void>;
  /** Queues jobs and says where to find them; null when the server refuses. */
  submit: (works: Work[]) => Promise<Job[] | null>;
}

async function jobsOf(api: RunfoldApi, grid: string, states: readonly JobState[]): Promise<Job[]> {
  const page = await api.work.listJobs({ ...EVERY_JOB, grid, states, limit: MOST_RUNS, cursor: "" });
  return page.items;
}

/** A few at a time. What one of them ran into is kept for the end; a job that is over meanwhile is no failure of the rest. */
async function each(jobs: readonly Job[], act: (job: Job) => Promise<unknown>): Promise<{ n: number; error: unknown }> {
  const waiting = [...jobs];
  let [n, error]: [number, unknown] = [0, null];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      try {
        await act(job);
        n += 1;
      } catch (problem) {
        error = problem;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { n, error };
}

/** What people do with jobs; each says what came of it. */
export function useJobActions(): JobActions {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notes = useNotes();
  return useMemo(() => {
    const refresh = () => {
      void client.invalidateQueries({ queryKey: workKeys.jobs });
      void client.invalidateQueries({ queryKey: workKeys.projects });
    };
    const show = (job: Job) => void navigate({ to: "/jobs/$jobId", params: { jobId: job.id } });
    return {
      cancel: async (job) => {
        try {
          const ended = await api.work.cancelJob(job.id);
          notes.done(ended.state === "cancelled" ? `${jobTitle(job)} is cancelled` : `The agent of ${jobTitle(job)} is told to end it`);
        } catch (error) {
          notes.failed("The job could not be ended", error);
        }
        refresh();
      },
      retry: async (job) => {
        try {
          await api.work.retryJob(job.id);
          watchJobs([job]);
          notes.done(`${jobTitle(job)} waits in its queue again`);
        } catch (error) {
          notes.failed("The job could not be queued again", error);
        }
        refresh();
      },
      cancelGrid: async (grid) => {
        const ended = await each(await jobsOf(api, grid, ACTIVE), (job) => api.work.cancelJob(job.id));
        if (ended.error) notes.failed("Some jobs could not be ended", ended.error);
        else notes.done(`${plural(ended.n, "job")} told to end`);
        refresh();
      },
      retryGrid: async (grid, states) => {
        const jobs = await jobsOf(api, grid, states);
        const again = await each(jobs, (job) => api.work.retryJob(job.id));
        watchJobs(jobs);
        if (again.error) notes.failed("Some jobs could not be queued again", again.error);
        else notes.done(`${plural(again.n, "job")} queued again`);
        refresh();
      },
      submit: async (works) => {
        try {
          const jobs = await api.work.submitJobs(works);
          watchJobs(jobs);
          const first = jobs[0];
          if (first && jobs.length === 1) notes.told(`${jobTitle(first)} is queued`, { word: "Show the job", run: () => show(first) });
          else notes.told(`${plural(jobs.length, "job")} queued`, { word: "Show the queue", run: () => void navigate({ to: "/jobs", search: first ? { grid: gridNameOf(first) || undefined } : {} }) });
          refresh();
          return jobs;
        } catch (error) {
          notes.failed("Nothing was queued", error);
          return null;
        }
      },
    };
  }, [api, client, navigate, notes]);
}
