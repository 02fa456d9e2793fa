import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "../../api/context";
import type { Job, Work } from "../../api/work/model";
import { workKeys } from "../../api/work/queries";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { jobTitle } from "./JobMark";
import { watchJobs } from "./watched";

export interface JobActions {
  cancel: (job: Job) => Promise<void>;
  retry: (job: Job) => Promise<void>;
  /** Queues jobs and says where to find them; null when the server refuses. */
  submit: (works: Work[]) => Promise<Job[] | null>;
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
          watchJobs([job.id]);
          notes.done(`${jobTitle(job)} waits in its queue again`);
        } catch (error) {
          notes.failed("The job could not be queued again", error);
        }
        refresh();
      },
      submit: async (works) => {
        try {
          const jobs = await api.work.submitJobs(works);
          watchJobs(jobs.map(({ id }) => id));
          const first = jobs[0];
          if (first && jobs.length === 1) notes.told(`${jobTitle(first)} is queued`, { word: "Show the job", run: () => show(first) });
          else notes.told(`${plural(jobs.length, "job")} queued`, { word: "Show the queue", run: () => void navigate({ to: "/jobs" }) });
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
