import { Link } from "@tanstack/react-router";
import { ArrowLeft, RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { ACTIVE, type Job, type JobState } from "../../api/work/model";
import { useJobGrids } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { LinkButton } from "../../components/LinkButton";
import { quoteValue } from "../../lib/filter/complete";
import { cutMiddle, plural } from "../../lib/format";
import { denialOfSome } from "../../records/accounts/denials";
import { TAGS } from "../../records/tags";
import { GridProgress } from "../../records/work/GridProgress";
import { jobTitle } from "../../records/work/JobMark";
import { totalOf } from "../../records/work/progress";
import { useJobRights } from "../../records/work/useJobRights";
import { useJobActions } from "../../records/work/useJobActions";
import styles from "./jobs.module.css";

const WRONG: readonly JobState[] = ["failed", "lost", "cancelled"];

/** Jobs that were asked for together: how far they are, and what can be done with all of them. */
export function GridHead({ grid, jobs }: { grid: string; jobs: readonly Job[] }) {
  const states = useJobGrids([grid]).data?.[grid];
  const actions = useJobActions();
  const [isBusy, setBusy] = useState(false);
  const rights = useJobRights(jobs);
  const deniedFor = (act: "cancel" | "retry") => denialOfSome(jobs.map((job) => [job.work.runName || job.id.slice(0, 8), rights(job)[act]] as const), "jobs");
  const first = jobs[0];
  const nActive = states ? totalOf(states, ACTIVE) : 0;
  const nWrong = states ? totalOf(states, WRONG) : 0;
  const experiments = [...new Set(jobs.map(({ work }) => work.experimentId))].slice(0, 20);
  const withAll = async (act: Promise<void>) => {
    setBusy(true);
    await act;
    setBusy(false);
  };
  return (
    <div className={styles.gridHead}>
      <LinkButton look="quiet" render={<Link to="/jobs" />}>
        <ArrowLeft size={14} />
        All jobs
      </LinkButton>
      <h3 title={first && jobTitle(first)}>{first ? cutMiddle(jobTitle(first), 48) : "Variants"}</h3>
      {states && <GridProgress states={states} isWide />}
      <span className={styles.gridActions}>
        {jobs.some(({ runId }) => runId) && (
          <LinkButton render={<Link to="/experiments/$ids" params={{ ids: experiments.join(",") }} search={{ filter: `tags."${TAGS.grid}" = ${quoteValue(grid)}` }} />}>Compare their runs</LinkButton>
        )}
        {nWrong > 0 && nActive === 0 && (
          <Button denied={deniedFor("retry")} disabled={isBusy} onClick={() => void withAll(actions.retryGrid(grid, WRONG))}>
            <RotateCcw size={14} />
            Retry {plural(nWrong, "job")}
          </Button>
        )}
        {nActive > 0 && (
          <Button denied={deniedFor("cancel")} disabled={isBusy} onClick={() => void withAll(actions.cancelGrid(grid))}>
            <Square size={14} />
            Stop {plural(nActive, "job")}
          </Button>
        )}
      </span>
    </div>
  );
}
