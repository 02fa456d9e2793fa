import { Link } from "@tanstack/react-router";
import { RotateCcw, Square } from "lucide-react";
import { isOver } from "../../api/work/model";
import { useJob, useLiveJobs } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { LinkButton } from "../../components/LinkButton";
import { useShortcuts } from "../../components/Shortcuts";
import { useJobRights } from "./useJobRights";
import { useJobActions } from "./useJobActions";

/** What can be done, from a run's page, with the job that it came from: look at it, stop it, try it once more. */
export function RunJob({ jobId, runId }: { jobId: string; runId: string }) {
  const actions = useJobActions();
  const { data: job } = useJob(jobId);
  useLiveJobs();
  const rights = useJobRights(job ? [job] : []);
  const denied = job && rights(job);
  // A later try has a run of its own: what is done here is done with the last one.
  const isLast = job?.runId === runId;
  const over = job && isOver(job.state);
  useShortcuts([
    { keys: "shift+s", label: "Stop the job of the run", run: () => job && isLast && !over && void actions.cancel(job), denied: denied?.cancel },
    { keys: "shift+r", label: "Retry the job of the run", run: () => job && isLast && over && void actions.retry(job), denied: denied?.retry },
  ]);
  if (!job) return null;
  return (
    <>
      <LinkButton look="quiet" render={<Link to="/jobs/$jobId" params={{ jobId }} />}>
        Its job
      </LinkButton>
      {isLast && !over && (
        <Button denied={denied?.cancel} disabled={job.isCancelAsked} onClick={() => void actions.cancel(job)}>
          <Square size={14} />
          Stop
        </Button>
      )}
      {isLast && over && job.state !== "finished" && (
        <Button denied={denied?.retry} onClick={() => void actions.retry(job)}>
          <RotateCcw size={14} />
          Retry
        </Button>
      )}
    </>
  );
}
