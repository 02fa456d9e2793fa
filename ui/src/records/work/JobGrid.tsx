import { Link, useNavigate } from "@tanstack/react-router";
import { RotateCcw, Square } from "lucide-react";
import { useMemo, useState } from "react";
import { type Job, isOver } from "../../api/work/model";
import { IconButton } from "../../components/Button";
import { Grid, type GridColumn } from "../../components/Grid";
import { useShortcuts } from "../../components/Shortcuts";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import { cutMiddle, duration } from "../../lib/format";
import { JobMark, jobTitle } from "./JobMark";
import { type JobActions, useJobActions } from "./useJobActions";
import styles from "./JobGrid.module.css";

/** Jobs as rows that change in place, each with what can be done with it. */
export function JobGrid({ jobs, onNearEnd, foot, isOfProject }: { jobs: readonly Job[]; onNearEnd?: () => void; foot?: string | null; isOfProject?: boolean }) {
  const navigate = useNavigate();
  const actions = useJobActions();
  const [cursor, setCursor] = useState(-1);
  const here = jobs[cursor];
  const move = (by: number) => setCursor(Math.min(jobs.length - 1, Math.max(0, cursor + by)));
  const now = useNow();
  const columns = useMemo(() => columnsOf(actions, now, isOfProject ?? false), [actions, now, isOfProject]);
  useShortcuts([
    { keys: "j", label: "Next job", run: () => move(1) },
    { keys: "k", label: "Previous job", run: () => move(-1) },
    { keys: "arrowdown", label: "Next job", run: () => move(1) },
    { keys: "arrowup", label: "Previous job", run: () => move(-1) },
    { keys: "enter", label: "Open the job", run: () => here && void navigate({ to: "/jobs/$jobId", params: { jobId: here.id } }) },
    { keys: "shift+s", label: "Stop the job", run: () => here && !isOver(here.state) && void actions.cancel(here) },
    { keys: "shift+r", label: "Retry the job", run: () => here && isOver(here.state) && void actions.retry(here) },
  ]);
  return (
    <Grid
      label="Jobs"
      rows={jobs}
      keyOf={(job) => job.id}
      columns={columns}
      cursor={cursor}
      isSelected={() => false}
      onRowClick={(_, at) => setCursor(at)}
      {...(onNearEnd ? { onNearEnd } : {})}
      foot={foot}
    />
  );
}

function columnsOf(actions: JobActions, now: number, isOfProject: boolean): GridColumn<Job>[] {
  const parameters = ({ work }: Job) => Object.entries(work.parameters).map(([name, value]) => `${name}=${value}`).join("  ");
  return [
    { id: "state", title: "State", width: 110, isPinned: true, cell: (job) => <JobMark state={job.state} /> },
    {
      id: "job",
      title: "Job",
      width: isOfProject ? 150 : 230,
      isPinned: true,
      cell: (job) => (
        <Link className={styles.name} to="/jobs/$jobId" params={{ jobId: job.id }} title={jobTitle(job)}>
          {isOfProject && job.work.kind === "project" ? job.work.entryPoint : cutMiddle(jobTitle(job), 60)}
        </Link>
      ),
    },
    { id: "parameters", title: "Parameters", width: 300, cell: (job) => <span className={styles.code} title={parameters(job)}>{parameters(job)}</span> },
    {
      id: "run",
      title: "Run",
      width: 110,
      cell: (job) =>
        job.runId && (
          <Link className={styles.link} to="/runs/$runId" params={{ runId: job.runId }}>
            <code>{job.runId.slice(0, 10)}</code>
          </Link>
        ),
    },
    { id: "age", title: "Asked for", width: 100, cell: (job) => <Ago ms={job.createdMs} /> },
    { id: "took", title: "Took", width: 84, isNumber: true, cell: (job) => (job.startMs ? duration((job.endMs ?? now) - job.startMs) : "") },
    {
      id: "do",
      title: "Do",
      width: 56,
      cell: (job) =>
        isOver(job.state) ? (
          <IconButton small label={`Retry ${jobTitle(job)}`} onClick={() => void actions.retry(job)}>
            <RotateCcw size={13} />
          </IconButton>
        ) : (
          <IconButton small label={`Stop ${jobTitle(job)}`} disabled={job.isCancelAsked} onClick={() => void actions.cancel(job)}>
            <Square size={13} />
          </IconButton>
        ),
    },
    { id: "user", title: "By", width: 90, cell: (job) => job.work.user },
    { id: "queue", title: "Queue", width: 90, cell: (job) => job.work.queue },
    { id: "target", title: "Target", width: 100, cell: (job) => job.work.target },
    { id: "agent", title: "Agent", width: 160, cell: (job) => <span title={job.agent}>{cutMiddle(job.agent, 24)}</span> },
    { id: "attempt", title: "Try", width: 60, isNumber: true, cell: (job) => (job.attempt ? `${job.attempt}/${Math.max(job.attempt, job.work.nTries)}` : "") },
    { id: "reason", title: "Reason", width: 260, cell: (job) => <span title={job.reason}>{job.reason}</span> },
  ];
}
