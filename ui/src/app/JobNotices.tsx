import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { type Job, isOver } from "../api/work/model";
import { useLiveJobs } from "../api/work/queries";
import { useNotes } from "../components/Toasts";
import { jobTitle, jobWord } from "../records/work/JobMark";
import { unwatchJobs, useWatchedJobs } from "../records/work/watched";

/** Says when jobs end that were started or watched in this tab; nothing is followed while there are none. */
export function JobNotices() {
  const watched = useWatchedJobs();
  return watched.length ? <Following watched={watched} /> : null;
}

function Following({ watched }: { watched: readonly string[] }) {
  const navigate = useNavigate();
  const notes = useNotes();
  const onChange = useCallback(
    (jobs: Job[]) => {
      const ended = jobs.filter((job) => watched.includes(job.id) && isOver(job.state));
      if (!ended.length) return;
      unwatchJobs(ended.map(({ id }) => id));
      for (const job of ended) {
        const text = `${jobTitle(job)}: ${jobWord(job.state).toLowerCase()}`;
        const open = () => void navigate({ to: "/jobs/$jobId", params: { jobId: job.id } });
        notes.told(text, { word: "Show the job", run: open });
        tellOutside(text, job.reason, open);
      }
    },
    [watched, navigate, notes],
  );
  useLiveJobs(onChange);
  return null;
}

/** By the browser, where it may and nobody looks at the page. */
function tellOutside(title: string, body: string, open: () => void): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const notice = new Notification(title, { body });
  notice.onclick = () => {
    window.focus();
    open();
  };
}
