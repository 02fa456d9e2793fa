/** How far some jobs are that belong together. */
import { ACTIVE, JOB_STATES, type JobState, type StateCounts, isOver } from "../../api/work/model";
import { count } from "../../lib/format";
import { jobWord } from "./JobMark";

/** The order that they stand in along a bar: what is over at its beginning. */
const ALONG: readonly JobState[] = ["finished", "failed", "lost", "cancelled", "running", "preparing", "claimed", "queued"];

export function totalOf(states: StateCounts, which: readonly JobState[] = JOB_STATES): number {
  return which.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

export function isAllOver(states: StateCounts): boolean {
  return totalOf(states, ACTIVE) === 0;
}

/** The state that says most of all of them: what still goes on, else what went wrong. */
export function stateOfAll(states: StateCounts): JobState {
  const order: JobState[] = ["running", "preparing", "claimed", "queued", "failed", "lost", "cancelled"];
  return order.find((state) => states[state]) ?? "finished";
}

export function partsOf(states: StateCounts): [state: JobState, n: number][] {
  return ALONG.flatMap((state) => (states[state] ? [[state, states[state]]] : []));
}

/** "6 of 10 over, 1 failed" while it goes on, then what came of all. */
export function progressText(states: StateCounts): string {
  const total = totalOf(states);
  const bad = partsOf(states).filter(([state]) => isOver(state) && state !== "finished").map(([state, n]) => `${count(n)} ${jobWord(state).toLowerCase()}`);
  const over = total - totalOf(states, ACTIVE);
  const done = over < total ? `${count(over)} of ${count(total)} over` : `${count(states.finished ?? 0)} of ${count(total)} finished`;
  return [done, ...bad].join(", ");
}
