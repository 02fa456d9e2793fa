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
