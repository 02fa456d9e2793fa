import type { Agent } from "../../api/work/model";

/** Agents give a sign of life every second or so. */
const SILENT_MS = 30_000;

export function isAlive(agent: Agent, nowMs: number): boolean {
  return nowMs - agent.seenMs < SILENT_MS;
}
