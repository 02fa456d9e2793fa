/** How limits are written and read by people. */

const NO_LIMIT = -1;
const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?)b?|b)?$/i;

/** A limit as one types it: empty for the default, `none` for no limit. */
export function limitText(limit: number | null): string {
  return limit === null ? "" : limit === NO_LIMIT ? "none" : String(limit);
}

/** What was typed as a limit; undefined: it is none. `500 GB` and `2 TiB` are sizes. */
export function readLimit(text: string, isSize = false): number | null | undefined {
  const typed = text.trim().toLowerCase();
  if (typed === "") return null;
  if (typed === "none") return NO_LIMIT;
  const match = SIZE.exec(typed);
  if (!match || (!isSize && match[2])) return undefined;
  const power = match[2] ? "kmgtp".indexOf(match[2].toLowerCase()) + 1 : 0;
  const value = Number(match[1]) * (match[3] ? 1024 : 1000) ** power;
  return isSize ? Math.floor(value) : value;
}

/** "12 of 50", or "12" where nothing limits it. */
export function ofLimit(used: number, limit: number | null, shown: (value: number) => string): string {
  return limit === null || limit === NO_LIMIT ? shown(used) : `${shown(used)} of ${shown(limit)}`;
}

/** From 0 to 1; null: nothing limits it. */
export function share(used: number, limit: number | null): number | null {
  if (limit === null || limit === NO_LIMIT) return null;
  return limit === 0 ? 1 : Math.min(1, used / limit);
}

/** From where on a limit is near. */
export const NEAR = 0.9;

interface Limited {
  nRuns: number;
  nBytes: number;
  nPoints: number;
  limits: { maxRuns: number | null; maxBytes: number | null; maxPoints: number | null };
}

/** What is used up or nearly so, and what that means; the worst first. */
export function warnings({ nRuns, nBytes, nPoints, limits }: Limited): { text: string; isFull: boolean }[] {
  const kinds = [
    { part: share(nRuns, limits.maxRuns), all: "All runs of the quota are used.", word: "runs", end: "No more runs are made until some are purged, or the quota is raised; those that are there go on." },
    { part: share(nBytes, limits.maxBytes), all: "All space for files of the quota is used.", word: "space for files", end: "No more files are stored until some are deleted and purged, or the quota is raised." },
    { part: share(nPoints, limits.maxPoints), all: "All points of metrics of the quota are used.", word: "points of metrics", end: "No more metrics are taken until some are deleted and purged, or the quota is raised; params, tags and the end of runs are." },
  ];
  return kinds
    .filter(({ part }) => part !== null && part >= NEAR)
    .sort((one, other) => (other.part ?? 0) - (one.part ?? 0))
    .map(({ part, all, word, end }) => (part === 1 ? { text: `${all} ${end}`, isFull: true } : { text: `${Math.floor(100 * (part ?? 0))} % of the quota of ${word} is used.`, isFull: false }));
}
