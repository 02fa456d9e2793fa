import type { Job, JobState } from "../../api/work/model";
import { type MarkState, StateMark } from "../../components/StateMark";

const MARKS: Record<JobState, [MarkState, string, string]> = {
  queued: ["SCHEDULED", "Queued", "It waits until an agent takes it"],
  claimed: ["SCHEDULED", "Taken", "An agent has taken it and is about to begin"],
  preparing: ["RUNNING", "Preparing", "Its agent fetches the code and makes the environment"],
  running: ["RUNNING", "Running", "Its command runs"],
  finished: ["FINISHED", "Finished", "Its command ended without an error"],
  failed: ["FAILED", "Failed", "It could not be started, or its command ended with an error"],
  cancelled: ["KILLED", "Cancelled", "Somebody ended it"],
  lost: ["LOST", "Lost", "Its agent gave no sign of life for too long"],
};

export const jobWord = (state: JobState): string => MARKS[state][1];

/** The state of a job by colour, shape and word. */
export function JobMark({ state, wordless }: { state: JobState; wordless?: boolean }) {
  const [mark, word, about] = MARKS[state];
  return <StateMark state={mark} word={word} about={about} wordless={wordless} />;
}

/** How people call a job: what it runs, of which project. */
export function jobTitle({ work }: Job): string {
  if (work.kind === "read-project") return `read ${work.project}`;
  if (work.kind === "target-test") return `test of ${work.target}`;
  const place = work.uri.replace(/[#/]+$/, "").split(/[/#:]/).at(-1)?.replace(/\.git$/, "") ?? "";
  return [work.kind === "rerun" ? "again" : work.entryPoint, work.project || place].filter(Boolean).join(" · ");
}
