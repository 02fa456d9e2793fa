import { Link, useParams } from "@tanstack/react-router";
import { Bell, BellOff, RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { type Job, isOver } from "../../api/work/model";
import { useJob, useLiveJobs } from "../../api/work/queries";
import { Button, IconButton } from "../../components/Button";
import { WithSide } from "../../components/Facts";
import { LinkButton } from "../../components/LinkButton";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { PageFacts, PageHead, PageName } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import { cutMiddle, duration } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { NoAgent } from "../../records/work/NoAgent";
import { JobMark, jobTitle } from "../../records/work/JobMark";
import { useJobActions } from "../../records/work/useJobActions";
import { useJobRights } from "../../records/work/useJobRights";
import { unwatchJobs, useWatchedJobs, watchJobs } from "../../records/work/watched";
import { JobSide } from "./JobSide";
import { LogView } from "./LogView";
import styles from "./jobs.module.css";

/** One job: its log as it comes, what became of it, and what can be done with it. */
export function JobPage() {
  const { jobId } = useParams({ from: "/jobs/$jobId" });
  const { data: job, error, refetch } = useJob(jobId);
  useLiveJobs();
  const title = job ? jobTitle(job) : "Job";
  return (
    <Page
      title={title}
      crumbs={
        <>
          <Link to="/jobs" className={crumbClass}>
            Jobs
          </Link>
          <CrumbSlash />
          <CrumbHere title={title}>{cutMiddle(title, 50)}</CrumbHere>
        </>
      }
      actions={job && <JobActions job={job} />}
    >
      {error instanceof ApiError && error.isMissing && !job ? (
        <EmptyState title="There is no such job" text={`No job has the id ${cutMiddle(jobId, 60)}.`}>
          <LinkButton look="primary" render={<Link to="/jobs" />}>
            Go to the jobs
          </LinkButton>
        </EmptyState>
      ) : error && !job ? (
        <FailureState what="This job could not be loaded" error={error} retry={() => void refetch()} />
      ) : job ? (
        <JobBody job={job} />
      ) : (
        <Bones label="The job is loading">
          <Bone width={240} height={24} />
          <Bone width={420} height={16} />
          <Bone width="70%" height={18} />
        </Bones>
      )}
    </Page>
  );
}

function JobBody({ job }: { job: Job }) {
  const now = useNow();
  const [attempt, setAttempt] = useState<number | null>(null);
  const shown = attempt !== null && attempt < job.attempt ? attempt : null;
  return (
    <>
      <PageHead>
        <PageName>
          <h2 title={jobTitle(job)}>{jobTitle(job)}</h2>
        </PageName>
        <PageFacts>
          <JobMark state={job.state} />
          <span>
            asked for <Ago ms={job.createdMs} />
            {job.work.user && ` by ${job.work.user}`}
          </span>
          {job.startMs && <span>{job.endMs ? `took ${duration(job.endMs - job.startMs)}` : `for ${duration(Math.max(0, now - job.startMs))}`}</span>}
          {isOver(job.state) && job.state !== "finished" && job.reason && <span className={styles.bad}>{cutMiddle(job.reason.split("\n")[0] ?? "", 120)}</span>}
          {job.isCancelAsked && !isOver(job.state) && <span>its agent is told to end it</span>}
          <code title="Job id">{job.id}</code>
        </PageFacts>
      </PageHead>
      <WithSide>
        <div className={styles.main}>
          {job.attempt > 1 && (
            <div className={styles.attempts} role="group" aria-label="Tries">
              {Array.from({ length: job.attempt }, (_, at) => at + 1).map((number) => (
                <Button key={number} small look="quiet" on={(shown ?? job.attempt) === number} onClick={() => setAttempt(number === job.attempt ? null : number)}>
                  Try {number}
                </Button>
              ))}
            </div>
          )}
          {job.state === "queued" && (
            <div className={styles.waits}>
              <NoAgent queue={job.work.queue} labels={job.work.labels} />
            </div>
          )}
          {/* A try that begins is another log. */}
          <LogView key={shown ?? `last ${job.attempt}`} job={job} attempt={shown} />
        </div>
        <JobSide job={job} />
      </WithSide>
    </>
  );
}

function JobActions({ job }: { job: Job }) {
  const actions = useJobActions();
  const isWatched = useWatchedJobs().some(({ id }) => id === job.id);
  const over = isOver(job.state);
  const denied = useJobRights([job])(job);
  const watch = () => {
    if (isWatched) unwatchJobs([job.id]);
    else {
      watchJobs([job]);
      if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
    }
  };
  useShortcuts([
    { keys: "shift+s", label: "Stop the job", run: () => !over && void actions.cancel(job), denied: over ? null : denied.cancel },
    { keys: "shift+r", label: "Retry the job", run: () => over && void actions.retry(job), denied: over ? denied.retry : null },
    { keys: "n", label: "Tell me when the job ends", run: () => !over && watch() },
  ]);
  return (
    <>
      {!over && (
        <IconButton label={isWatched ? "Do not tell me when it ends" : "Tell me when it ends"} keys="N" on={isWatched} onClick={watch}>
          {isWatched ? <Bell size={15} /> : <BellOff size={15} />}
        </IconButton>
      )}
      {job.runId && (
        <LinkButton render={<Link to="/runs/$runId" params={{ runId: job.runId }} />}>Open the run</LinkButton>
      )}
      {over ? (
        <Button denied={denied.retry} onClick={() => void actions.retry(job)}>
          <RotateCcw size={14} />
          Retry
        </Button>
      ) : (
        <Button denied={denied.cancel} disabled={job.isCancelAsked} onClick={() => void actions.cancel(job)}>
          <Square size={14} />
          Stop
        </Button>
      )}
    </>
  );
}
