/** Where aliases pointed at which time, from their moves. */

export interface Move {
  alias: string;
  /** Null: it was removed. */
  version: number | null;
  timeMs: number;
}

/** A stretch of time over which an alias pointed to one version. */
export interface Span {
  version: number;
  fromMs: number;
  /** Null: until now. */
  toMs: number | null;
}

export interface Lane {
  alias: string;
  spans: Span[];
  /** Where it points; null: it was removed. */
  now: number | null;
  /** The version before this one; null: there was none. */
  before: number | null;
}

/** One lane an alias, those that point somewhere first, then by name. */
export function aliasLanes(moves: readonly Move[]): Lane[] {
  const byAlias = new Map<string, Move[]>();
  for (const move of moves.toSorted((a, b) => a.timeMs - b.timeMs)) byAlias.set(move.alias, [...(byAlias.get(move.alias) ?? []), move]);
  return [...byAlias]
    .map(([alias, own]): Lane => {
      const spans = own.flatMap(({ version, timeMs }, at): Span[] => (version === null ? [] : [{ version, fromMs: timeMs, toMs: own[at + 1]?.timeMs ?? null }]));
      const now = own.at(-1)?.version ?? null;
      return { alias, spans, now, before: spans.findLast(({ version }) => version !== now)?.version ?? null };
    })
    .sort((a, b) => Number(a.now === null) - Number(b.now === null) || a.alias.localeCompare(b.alias));
}

/** Where a lane's alias pointed at a time; null: nowhere. */
export function versionAt({ spans }: Lane, ms: number): number | null {
  return spans.find(({ fromMs, toMs }) => fromMs <= ms && (toMs === null || ms < toMs))?.version ?? null;
}

/** The last moment of a day that a date field names, in local time; null for anything else. */
export function endOfDay(date: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!match) return null;
  const end = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + 1).getTime() - 1;
  return Number.isFinite(end) ? end : null;
}

/** A moment as a date field writes its day. */
export function dayOf(ms: number): string {
  const date = new Date(ms);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
