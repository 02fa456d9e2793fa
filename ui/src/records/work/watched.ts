import { useSyncExternalStore } from "react";

/** Jobs whose end somebody wants to hear of, in this tab. */
const KEY = "runfold.jobs.watched";
const MOST = 200;
const listeners = new Set<() => void>();
let ids: readonly string[] = read();

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function change(next: readonly string[]): void {
  ids = next.slice(-MOST);
  sessionStorage.setItem(KEY, JSON.stringify(ids));
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function watchJobs(more: readonly string[]): void {
  change([...new Set([...ids, ...more])]);
}

export function unwatchJobs(fewer: readonly string[]): void {
  change(ids.filter((id) => !fewer.includes(id)));
}

export function useWatchedJobs(): readonly string[] {
  return useSyncExternalStore(subscribe, () => ids);
}
