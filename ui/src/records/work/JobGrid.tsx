import { Link, useNavigate } from "@tanstack/react-router";
import { RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { type Job, type StateCounts, gridNameOf, isOver } from "../../api/work/model";
import { IconButton } from "../../components/Button";
import { Grid, type GridColumn } from "../../components/Grid";
import { useShortcuts } from "../../components/Shortcuts";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import { cutMiddle, duration, plural } from "../../lib/format";
import { GridProgress } from "./GridProgress";
import { JobMark, jobTitle } from "./JobMark";
import { stateOfAll, totalOf } from "./progress";
import { type JobRights, useJobRights } from "./useJobRights";
import { type JobActions, useJobActions } from "./useJobActions";
import styles from "./JobGrid.module.css";

interface JobGridProps {
  jobs: readonly Job[];
  /** How far grids are: a job of one of them stands for all of its grid. */
  grids?: Record<string, StateCounts> | undefined;
  total?: number | undefined;
  onNearEnd?: () => void;
  foot?: string | null;
  isOfProject?: boolean;
}

/** Jobs as rows that change in place, each with what can be done with it. */
export function JobGrid({ jobs, grids, total, onNearEnd, foot, isOfProject }: JobGridProps) {
  const navigate = useNavigate();
  const actions = useJobActions();
  const [cursor, setCursor] = useState(-1);
  const here = jobs[cursor];
  const move = (by: number) => setCursor(Math.min(jobs.length - 1, Math.max(0, cursor + by)));
  const now = useNow();
  const rights = useJobRights(jobs);
  const columns = columnsOf(actions, rights, now, isOfProject ?? false, (job) => groupOf(job, grids));
  const isAlone = (job: Job) => !groupOf(job, grids);
  useShortcuts([
    { keys: "j", label: "Next job", run: () => move(1) },
    { keys: "k", label: "Previous job", run: () => move(-1) },
    { keys: "arrowdown", label: "Next job", run: () => move(1) },
    { keys: "arrowup", label: "Previous job", run: () => move(-1) },
    { keys: "enter", label: "Open the job", run: () => here && void (isAlone(here) ? navigate({ to: "/jobs/$jobId", params: { jobId: here.id } }) : navigate({ to: "/jobs", search: { grid: gridNameOf(here) } })) },
    { keys: "shift+s", label: "Stop the job", run: () => here && isAlone(here) && !isOver(here.state) && void actions.cancel(here), denied: here && isAlone(here) && !isOver(here.state) ? rights(here).cancel : null },
    { keys: "shift+r", label: "Retry the job", run: () => here && isAlone(here) && isOver(here.state) && void actions.retry(here), denied: here && isAlone(here) && isOver(here.state) ? rights(here).retry : null },
  ]);
  return (
    <Grid
      label="Jobs"
      rows={jobs}
      total={total}
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

/** The states of all that a row stands for, if it stands for more than itself. */
function groupOf(job: Job, grids: Record<string, StateCounts> | undefined): StateCounts | undefined {
  const states = grids?.[gridNameOf(job)];
  return states && totalOf(states) > 1 ? states : undefined;
}

function columnsOf(actions: JobActions, rights: (job: Job) => JobRights, now: number, isOfProject: boolean, group: (job: Job) => StateCounts | undefined): GridColumn<Job>[] {
  const nameOf = (job: Job) => (isOfProject && job.work.kind === "project" ? job.work.entryPoint : cutMiddle(jobTitle(job), 60));
  const parameters = ({ work }: Job) => Object.entries(work.parameters).map(([name, value]) => `${name}=${value}`).join("  ");
  return [
    { id: "state", title: "State", width: 110, isPinned: true, cell: (job) => <JobMark state={stateOfAll(group(job) ?? { [job.state]: 1 })} /> },
    {
      id: "job",
      title: "Job",
      width: isOfProject ? 150 : 230,
      isPinned: true,
      cell: (job) => {
        const states = group(job);
        return states ? (
          <>
            <Link className={styles.name} to="/jobs" search={{ grid: gridNameOf(job) }} title={jobTitle(job)}>
              {nameOf(job)}
            </Link>
            <span className={styles.variants}>{plural(totalOf(states), "variant")}</span>
          </>
        ) : (
          <Link className={styles.name} to="/jobs/$jobId" params={{ jobId: job.id }} title={jobTitle(job)}>
            {nameOf(job)}
          </Link>
        );
      },
    },
    {
      id: "parameters",
      title: "Parameters",
      width: 330,
      cell: (job) => {
        const states = group(job);
        if (states) return <GridProgress states={states} />;
        const problem = isOver(job.state) && job.state !== "finished" ? job.reason : "";
        return (
          <span className={styles.code} title={[parameters(job), problem].filter(Boolean).join("\n")}>
            {parameters(job) && <span>{parameters(job)}</span>}
            {problem && (
              <span className={styles.problem} data-state={job.state}>
                {problem.split("\n")[0]}
              </span>
            )}
          </span>
        );
      },
    },
    {
      id: "run",
      title: "Run",
      width: 110,
      cell: (job) =>
        job.runId &&
        !group(job) && (
          <Link className={styles.link} to="/runs/$runId" params={{ runId: job.runId }}>
            <code>{job.runId.slice(0, 10)}</code>
          </Link>
        ),
    },
    { id: "age", title: "Asked for", width: 100, cell: (job) => <Ago ms={job.createdMs} /> },
    { id: "took", title: "Took", width: 84, isNumber: true, cell: (job) => (job.startMs && !group(job) ? duration((job.endMs ?? now) - job.startMs) : "") },
    {
      id: "do",
      title: "Do",
      width: 56,
      cell: (job) =>
        group(job) ? null : isOver(job.state) ? (
          <IconButton small denied={rights(job).retry} label={`Retry ${jobTitle(job)}`} onClick={() => void actions.retry(job)}>
            <RotateCcw size={13} />
          </IconButton>
        ) : (
          <IconButton small denied={rights(job).cancel} label={`Stop ${jobTitle(job)}`} disabled={job.isCancelAsked} onClick={() => void actions.cancel(job)}>
            <Square size={13} />
          </IconButton>
        ),
    },
    { id: "user", title: "By", width: 90, cell: (job) => job.work.user },
    { id: "queue", title: "Queue", width: 90, cell: (job) => job.work.queue },
    { id: "target", title: "Target", width: 100, cell: (job) => <span title={job.work.target}>{cutMiddle(job.work.target, 30)}</span> },
    { id: "agent", title: "Agent", width: 160, cell: (job) => !group(job) && <span title={job.agent}>{cutMiddle(job.agent, 24)}</span> },
    { id: "attempt", title: "Try", width: 60, isNumber: true, cell: (job) => (job.attempt && !group(job) ? `${job.attempt}/${Math.max(job.attempt, job.work.nTries)}` : "") },
  ];
}
