import { Link } from "@tanstack/react-router";
import { useExperiment } from "../../api/queries";
import { type Job, type JobStep, type Work, gridNameOf } from "../../api/work/model";
import { useJobGrids, useJobSteps } from "../../api/work/queries";
import { Fact, Facts, Side } from "../../components/Facts";
import { LongText } from "../../components/LongText";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { cutMiddle, duration, exactTime, plural } from "../../lib/format";
import { JobMark } from "../../records/work/JobMark";
import { progressText } from "../../records/work/progress";
import styles from "./jobs.module.css";

/** What a job was asked for, and what became of it step by step. */
export function JobSide({ job }: { job: Job }) {
  const { work } = job;
  const parameters = Object.entries(work.parameters);
  return (
    <Side label="About the job">
      <Timeline job={job} />
      <section>
        <h3>Asked for</h3>
        <Facts>
          <Fact word="Project">
            {work.project && (
              <Link className={styles.link} to="/projects/$name" params={{ name: work.project }}>
                {cutMiddle(work.project, 40)}
              </Link>
            )}
          </Fact>
          <Fact word="Code">{work.uri && (
              <code>
                <LongText text={work.uri} />
              </code>
            )}</Fact>
          <Fact word="Version">{work.version && <code>{cutMiddle(work.version, 24)}</code>}</Fact>
          <Fact word="Entry point">{work.kind === "project" && work.entryPoint}</Fact>
          <Fact word="Run again">
            {work.origin && (
              <Link className={styles.link} to="/runs/$runId" params={{ runId: work.origin }}>
                <code>{work.origin.slice(0, 10)}</code>
              </Link>
            )}
          </Fact>
          <Fact word="Variants">{gridNameOf(job) && <Variants grid={gridNameOf(job)} />}</Fact>
          <Fact word="Environment">{work.envManager}</Fact>
          <Fact word="Queue">
            <Link className={styles.link} to="/jobs" search={{ queue: work.queue }}>
              {cutMiddle(work.queue, 40)}
            </Link>
          </Fact>
          <Fact word="Labels">{work.labels.join(", ")}</Fact>
          <Fact word="Target">
            {work.target && (
              <Link className={styles.link} to="/jobs" search={{ target: work.target }}>
                {cutMiddle(work.target, 40)}
              </Link>
            )}
          </Fact>
          <Fact word="Needs">{needsOf(work)}</Fact>
          <Fact word="Tries">{work.nTries > 1 && (job.attempt ? `${job.attempt} of ${work.nTries}` : `up to ${work.nTries}`)}</Fact>
          <Fact word="Time limit">{work.timeoutS > 0 && duration(work.timeoutS * 1000)}</Fact>
          <Fact word="Priority">{work.priority !== 0 && String(work.priority)}</Fact>
        </Facts>
      </section>
      {parameters.length + work.without.length > 0 && (
        <section>
          <h3>Parameters</h3>
          <Facts>
            {parameters.map(([name, value]) => (
              <Fact key={name} word={cutMiddle(name, 60)}>
                <code>
                  <LongText text={value} />
                </code>
              </Fact>
            ))}
            {work.without.map((name) => (
              <Fact key={name} word={cutMiddle(name, 60)}>
                <span className={styles.quiet}>not given again</span>
              </Fact>
            ))}
          </Facts>
        </section>
      )}
      {job.attempt > 0 && <Outcome job={job} />}
    </Side>
  );
}

/** What came of its last try so far. */
function Outcome({ job }: { job: Job }) {
  const { data: experiment } = useExperiment(job.runId ? job.work.experimentId : "");
  return (
    <section>
      <h3>Outcome</h3>
      <Facts>
        <Fact word="Run">
          {job.runId && (
            <Link className={styles.link} to="/runs/$runId" params={{ runId: job.runId }}>
              <code>{job.runId.slice(0, 10)}</code>
            </Link>
          )}
        </Fact>
        <Fact word="Experiment">
          {experiment && (
            <Link className={styles.link} to="/experiments/$ids" params={{ ids: experiment.id }}>
              {cutMiddle(experiment.name, 40)}
            </Link>
          )}
        </Fact>
        <Fact word="Exit code">{job.exitCode !== null && String(job.exitCode)}</Fact>
        <Fact word="Reason">{job.state !== "finished" && job.reason && <LongText text={job.reason} most={400} />}</Fact>
        <Fact word="Agent">
          {job.agent && (
            <Link className={styles.link} to="/jobs" search={{ tab: "agents" }}>
              {cutMiddle(job.agent, 40)}
            </Link>
          )}
        </Fact>
      </Facts>
    </section>
  );
}

/** The jobs that were asked for with this one. */
function Variants({ grid }: { grid: string }) {
  const states = useJobGrids([grid]).data?.[grid];
  return (
    <Link className={styles.link} to="/jobs" search={{ grid }}>
      {states ? progressText(states) : "All of them"}
    </Link>
  );
}

function needsOf({ resources: { nCpus, nGpus, memoryGib } }: Work): string {
  return [nCpus && plural(nCpus, "CPU"), memoryGib && `${memoryGib} GiB`, nGpus && plural(nGpus, "GPU")].filter(Boolean).join(", ");
}

function Timeline({ job }: { job: Job }) {
  const { data: steps = [] } = useJobSteps(job.id);
  if (!steps.length) return null;
  return (
    <section>
      <h3>What became of it</h3>
      <ol className={styles.timeline}>
        {steps.map((step, at) => {
          const before = steps[at - 1];
          return (
            <li key={`${step.timeMs} ${at}`} title={exactTime(step.timeMs)}>
              {isAsking(step, before) ? <StateMark state="KILLED" word="Asked to end" about="Somebody asked for its end; its agent is told" /> : <JobMark state={step.state} />}
              <span className={styles.quiet}>{before ? `after ${duration(step.timeMs - before.timeMs)}` : <Ago ms={step.timeMs} />}</span>
              {detail(step, before) && <small>{detail(step, before)}</small>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function isAsking(step: JobStep, before: JobStep | undefined): boolean {
  return before !== undefined && step.state === before.state && step.attempt === before.attempt && step.reason !== before.reason;
}

/** What else changed with a step. */
function detail(step: JobStep, before: JobStep | undefined): string {
  if (isAsking(step, before)) return "";
  if (step.state === "claimed") return `by ${step.agent}${step.attempt > 1 ? `, try ${step.attempt}` : ""}`;
  if (["failed", "cancelled", "lost"].includes(step.state)) return cutMiddle(step.reason.split("\n")[0] ?? "", 90);
  return "";
}
