import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { useApi } from "../api/context";
import { type Job, gridNameOf, isOver } from "../api/work/model";
import { useLiveJobs } from "../api/work/queries";
import { useNotes } from "../components/Toasts";
import { jobTitle, jobWord } from "../records/work/JobMark";
import { progressText, totalOf } from "../records/work/progress";
import { type Watched, isWatchedGrid, unwatchJobs, useWatchedJobs } from "../records/work/watched";

/** What is said of an end, here and in the other tabs. */
interface Notice {
  text: string;
  reason: string;
  jobId: string;
  /** Of all jobs of a grid; else empty. */
  grid: string;
}

const CHANNEL = "runfold.jobs.ended";

/** Says when jobs end that were started or watched in this tab or in another; nothing is followed while there are none. */
export function JobNotices() {
  const watched = useWatchedJobs();
  const navigate = useNavigate();
  const notes = useNotes();
  const open = useCallback(
    ({ jobId, grid }: Notice) => void (grid ? navigate({ to: "/jobs", search: { grid } }) : navigate({ to: "/jobs/$jobId", params: { jobId } })),
    [navigate],
  );
  const show = useCallback((notice: Notice) => notes.told(notice.text, { word: notice.grid ? "Show the jobs" : "Show the job", run: () => open(notice) }), [notes, open]);
  const otherTabs = useRef<BroadcastChannel | null>(null);
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<Notice>) => show(data);
    otherTabs.current = channel;
    return () => channel.close();
  }, [show]);
  const tell = useCallback(
    (notice: Notice) => {
      show(notice);
      otherTabs.current?.postMessage(notice);
      tellOutside(notice, () => open(notice));
    },
    [show, open],
  );
  return watched.length ? <Following watched={watched} tell={tell} /> : null;
}

function Following({ watched, tell }: { watched: readonly Watched[]; tell: (notice: Notice) => void }) {
  const api = useApi();
  const onChange = useCallback(
    (jobs: Job[]) => {
      const ended = jobs.filter((job) => isOver(job.state) && watched.some(({ id }) => id === job.id));
      if (!ended.length) return;
      unwatchJobs(ended.map(({ id }) => id));
      for (const job of ended.filter((one) => !gridNameOf(one))) tell({ text: `${jobTitle(job)}: ${jobWord(job.state).toLowerCase()}`, reason: job.reason, jobId: job.id, grid: "" });
      const whole = new Map(ended.map((job) => [gridNameOf(job), job]));
      for (const [grid, job] of whole) {
        if (!grid || isWatchedGrid(grid)) continue;
        void api.work.jobGrids([grid]).then((states) => tell(ofGrid(job, grid, states[grid] ?? {})));
      }
    },
    [api, watched, tell],
  );
  useLiveJobs(onChange);
  return null;
}

function ofGrid(job: Job, grid: string, states: Parameters<typeof progressText>[0]): Notice {
  const isOne = totalOf(states) === 1;
  return { text: `${jobTitle(job)}: ${isOne ? jobWord(job.state).toLowerCase() : progressText(states)}`, reason: job.reason, jobId: job.id, grid: isOne ? "" : grid };
}

/** By the browser, where it may and nobody looks at the page. */
function tellOutside({ text, reason, jobId }: Notice, open: () => void): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const notice = new Notification(text, { body: reason, tag: jobId });
  notice.onclick = () => {
    window.focus();
    open();
  };
}
