/** Lists of jobs that are kept right while jobs change, without asking for all of their pages again. */
import type { Page } from "../model";
import { type Job, type JobFilter, gridNameOf } from "./model";

/**
 * Pages, newest first, as they are after some jobs changed. Null: only the server can tell, since it alone searches for
 * words, and knows which other job of a grid stands for it from now on.
 */
export function pagesWith(pages: readonly Page<Job>[], changed: readonly Job[], filter: JobFilter): Page<Job>[] | null {
  const next = pages.map((page) => ({ ...page, items: [...page.items] }));
  for (const job of changed) {
    if (!change(next, job, filter)) return null;
  }
  return next;
}

function change(pages: Page<Job>[], job: Job, filter: JobFilter): boolean {
  const isFolded = filter.isFolded && !filter.grid && gridNameOf(job) !== "";
  const fits = fitsIn(job, filter);
  for (const page of pages) {
    const at = page.items.findIndex(({ id }) => id === job.id);
    if (at < 0) continue;
    if (fits) page.items[at] = job;
    else if (isFolded) return false;
    else page.items.splice(at, 1);
    return true;
  }
  if (!fits) return true;
  if (filter.text) return false;
  if (isFolded && !standsFor(pages, job)) return true;
  const page = pages.find(({ items, nextCursor }) => !nextCursor || (items.at(-1)?.createdMs ?? 0) <= job.createdMs);
  if (!page) return true; // it is further down than anybody has scrolled
  const at = page.items.findIndex(({ createdMs }) => createdMs <= job.createdMs);
  page.items.splice(at < 0 ? page.items.length : at, 0, job);
  return true;
}

/** Whether a job is to be in the list for its grid; an older one that was there goes. */
function standsFor(pages: Page<Job>[], job: Job): boolean {
  for (const page of pages) {
    const at = page.items.findIndex((one) => gridNameOf(one) === gridNameOf(job));
    const other = page.items[at];
    if (!other) continue;
    if (other.createdMs > job.createdMs) return false;
    page.items.splice(at, 1);
    return true;
  }
  return true;
}

function fitsIn(job: Job, { states, project, queue, target, user, grid }: JobFilter): boolean {
  const { work } = job;
  const pairs = [
    [project, work.project],
    [queue, work.queue],
    [target, work.target],
    [user, work.user],
    [grid, gridNameOf(job)],
  ] as const;
  return (!states.length || states.includes(job.state)) && pairs.every(([wanted, is]) => !wanted || wanted === is);
}
