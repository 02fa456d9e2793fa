import { useSyncExternalStore } from "react";
import { type Job, gridNameOf } from "../../api/work/model";

/** A job whose end somebody wants to hear of, in this tab; those of a grid are told of together. */
export interface Watched {
  id: string;
  grid: string;
}

const KEY = "runfold.jobs.watched";
const MOST = 1000;
const listeners = new Set<() => void>();
let kept: readonly Watched[] = read();

function read(): readonly Watched[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one: Partial<Watched> | null): one is Watched => typeof one?.id === "string" && typeof one.grid === "string") : [];
  } catch {
    return [];
  }
}

function change(next: readonly Watched[]): void {
  kept = next.slice(-MOST);
  sessionStorage.setItem(KEY, JSON.stringify(kept));
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function watchJobs(jobs: readonly Job[]): void {
  const more = jobs.map((job) => ({ id: job.id, grid: gridNameOf(job) }));
  unwatchJobs(more.map(({ id }) => id));
  change([...kept, ...more]);
}

export function unwatchJobs(fewer: readonly string[]): void {
  change(kept.filter(({ id }) => !fewer.includes(id)));
}

/** Whether others of a grid are still waited for. */
export function isWatchedGrid(grid: string): boolean {
  return kept.some((one) => one.grid === grid);
}

export function useWatchedJobs(): readonly Watched[] {
  return useSyncExternalStore(subscribe, () => kept);
}
