/** How the runs page is looked at. All of it is in the address, so a link shows the same. */
import { type Field, fieldLabel, parseField } from "../../lib/field";
import { quoteValue } from "../../lib/filter/complete";
import { readList, readNumbers, writeList, writeNumbers } from "../../lib/listParam";
import type { Query } from "../../lib/query";
import { TAGS } from "../../records/tags";

export type Tab = "table" | "charts";

export interface RunsView {
  tab: Tab;
  filter: string;
  /** A field; with a minus in front for descending; empty: newest first. */
  sort: string;
  /** Fields shown; null: the ones the page chooses. */
  columns: string[] | null;
  pinned: string[];
  widths: Record<string, number>;
  /** Fields to group by; with `!` in front: all params but these. */
  group: string;
  isFlat: boolean;
  withArchived: boolean;
  /** Runs that this view leaves out. */
  hidden: string[];
  /** The run in the side panel. */
  peek: string;
}

export function readView(query: Query): RunsView {
  return {
    tab: query.tab === "charts" ? "charts" : "table",
    filter: query.q ?? "",
    sort: query.sort ?? "",
    columns: query.cols === undefined ? null : readList(query.cols === "none" ? "" : query.cols),
    pinned: readList(query.pin),
    widths: readNumbers(query.w),
    group: query.group ?? "",
    isFlat: query.flat === "1",
    withArchived: query.archived === "1",
    hidden: readList(query.hide),
    peek: query.peek ?? "",
  };
}

export function writeColumns(columns: readonly string[]): Query {
  return { cols: writeList(columns) || "none" };
}

export function writeWidths(widths: Record<string, number>): Query {
  return { w: writeNumbers(widths) };
}

/** Ids are long and an address is not endless; the archive takes any number. */
export const MOST_HIDDEN = 150;

export function writeHidden(hidden: readonly string[]): Query {
  return { hide: writeList(hidden) };
}

export function writePinned(pinned: readonly string[]): Query {
  return { pin: writeList(pinned) };
}

/** What a click on the head of a column does: best first, then the other way, then newest first. */
export function nextSort(sort: string, column: string, bestIsLow: boolean): string {
  const first = bestIsLow ? column : `-${column}`;
  const second = bestIsLow ? `-${column}` : column;
  if (sort === first) return second;
  return sort === second ? "" : first;
}

export function orderBy(sort: string): string[] {
  if (!sort) return [];
  return [sort.startsWith("-") ? `${sort.slice(1)} DESC` : `${sort} ASC`];
}

/** Tags that rows show without a column of their own. */
const ROW_TAGS = [TAGS.star, TAGS.note, TAGS.archived];

const NOT_ARCHIVED = `tags."${TAGS.archived}" IS NULL`;

/** What is sent to the server for a filter as typed. */
export function fullFilter({ filter, withArchived, hidden }: Pick<RunsView, "filter" | "withArchived" | "hidden">): string {
  const typed = filter.trim();
  const leftOut = [...(withArchived ? [] : [NOT_ARCHIVED]), ...(hidden.length ? [`run_id NOT IN (${hidden.map(quoteValue).join(", ")})`] : [])];
  if (!leftOut.length) return typed;
  return [...(typed ? [`(${typed})`] : []), ...leftOut].join(" AND ");
}

/** A place in the sent filter as a place in the typed one. */
export function typedPosition(position: number, { filter, withArchived, hidden }: Pick<RunsView, "filter" | "withArchived" | "hidden">): number {
  return Math.max(0, Math.min(filter.length, withArchived && !hidden.length ? position : position - 1));
}

/** Metrics stand last: they may be known later than the rest, and nothing moves when they come. */
export function defaultColumns(headline: readonly string[], isSeveral: boolean): string[] {
  return [...(isSeveral ? ["experiment_id"] : []), "state", "start_time", "duration", "user_id", ...headline];
}

const WIDTHS: Record<string, number> = { state: 92, start_time: 88, duration: 88, user_id: 76, run_id: 140, experiment_id: 140 };

export function columnWidth(view: Pick<RunsView, "widths">, id: string, field: Field): number {
  const chosen = view.widths[id];
  if (chosen) return chosen;
  if (field.kind === "attributes") return WIDTHS[field.key] ?? 120;
  return Math.min(140, Math.max(96, 34 + fieldLabel(field).length * 7));
}

/** The keys a search must bring for these columns. */
export function neededKeys(columns: readonly string[]): { metrics: string[]; params: string[]; tags: string[] } {
  const fields = columns.map(parseField);
  const of = (kind: Field["kind"]) => [...new Set(fields.filter((f) => f.kind === kind).map((f) => f.key))];
  return { metrics: of("metrics"), params: of("params"), tags: [...new Set([...of("tags"), ...ROW_TAGS])] };
}
