/** How the runs page is looked at. All of it is in the address, so a link shows the same. */
import { type Field, fieldLabel, parseField } from "../../lib/field";
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
    peek: query.peek ?? "",
  };
}

export function writeColumns(columns: readonly string[]): Query {
  return { cols: writeList(columns) || "none" };
}

export function writeWidths(widths: Record<string, number>): Query {
  return { w: writeNumbers(widths) };
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
export function fullFilter(filter: string, withArchived: boolean): string {
  const typed = filter.trim();
  if (withArchived) return typed;
  return typed ? `(${typed}) AND ${NOT_ARCHIVED}` : NOT_ARCHIVED;
}

/** A place in the sent filter as a place in the typed one. */
export function typedPosition(position: number, filter: string, withArchived: boolean): number {
  return Math.max(0, Math.min(filter.length, withArchived ? position : position - 1));
}

export function defaultColumns(headline: readonly string[], isSeveral: boolean): string[] {
  return [...(isSeveral ? ["experiment_id"] : []), "state", ...headline, "start_time", "duration", "user_id"];
}

const WIDTHS: Record<string, number> = { state: 92, start_time: 92, duration: 96, user_id: 84, run_id: 140, experiment_id: 160 };

export function columnWidth(view: Pick<RunsView, "widths">, id: string, field: Field): number {
  const chosen = view.widths[id];
  if (chosen) return chosen;
  if (field.kind === "attributes") return WIDTHS[field.key] ?? 120;
  return Math.min(180, Math.max(96, 34 + fieldLabel(field).length * 7));
}

/** The keys a search must bring for these columns. */
export function neededKeys(columns: readonly string[]): { metrics: string[]; params: string[]; tags: string[] } {
  const fields = columns.map(parseField);
  const of = (kind: Field["kind"]) => [...new Set(fields.filter((f) => f.kind === kind).map((f) => f.key))];
  return { metrics: of("metrics"), params: of("params"), tags: [...new Set([...of("tags"), ...ROW_TAGS])] };
}
