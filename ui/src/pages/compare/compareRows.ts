/** The rows of a comparison: a key each, with what every run has there. */
import type { Run } from "../../api/model";
import { lowerIsBetter } from "../../lib/field";
import { TAGS } from "../../records/tags";

export type RowKind = "about" | "params" | "metrics" | "tags";

export interface CompareRow {
  kind: RowKind;
  key: string;
  /** In the order of the runs; null where a run has none. */
  values: (string | number | null)[];
  isDifferent: boolean;
}

export interface Section {
  kind: RowKind;
  title: string;
  rows: CompareRow[];
  /** Rows left out because all runs agree. */
  nHidden: number;
}

const SOURCE_TAGS = [
  ["Commit", TAGS.commit],
  ["Branch", TAGS.branch],
  ["Program", TAGS.sourceName],
  ["Arguments", TAGS.arguments],
  ["Python", TAGS.python],
  ["Host", TAGS.host],
] as const;

const TITLES: Record<RowKind, string> = { about: "Run", params: "Params", metrics: "Metrics", tags: "Tags" };

function keysOf(runs: readonly Run[], records: (run: Run) => Record<string, unknown>): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(records(run))))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}

function row(kind: RowKind, key: string, values: (string | number | null)[]): CompareRow {
  return { kind, key, values, isDifferent: values.some((value) => !Object.is(value, values[0])) };
}

/** Which number of a metric is compared. */
export type MetricStat = "last" | "min" | "max";

export function readStat(text: string | undefined): MetricStat {
  return text === "min" || text === "max" ? text : "last";
}

export function compareRows(runs: readonly Run[], stat: MetricStat = "last"): CompareRow[] {
  return [
    row("about", "State", runs.map((run) => run.state)),
    row("about", "Started", runs.map((run) => run.startMs)),
    row("about", "Duration", runs.map((run) => (run.endMs && run.startMs ? run.endMs - run.startMs : null))),
    row("about", "User", runs.map((run) => run.user || null)),
    row("about", "Dataset", runs.map((run) => run.datasets.map((d) => `${d.name} ${d.digest}`).join(", ") || null)),
    ...SOURCE_TAGS.map(([word, tag]) => row("about", word, runs.map((run) => run.tags[tag] ?? null))).filter((r) => r.values.some((v) => v !== null)),
    ...keysOf(runs, (run) => run.metrics).map((key) => row("metrics", key, runs.map((run) => run.metrics[key]?.[stat] ?? null))),
    ...keysOf(runs, (run) => run.params).map((key) => row("params", key, runs.map((run) => run.params[key] ?? null))),
    ...keysOf(runs, (run) => run.tags)
      .filter((key) => !/^(mlflow|runfold)\./.test(key))
      .map((key) => row("tags", key, runs.map((run) => run.tags[key] ?? null))),
  ];
}

const ORDER: RowKind[] = ["params", "metrics", "tags", "about"];

export function inSections(rows: readonly CompareRow[], onlyDifferent: boolean, text: string): Section[] {
  const wanted = text.trim().toLowerCase();
  return ORDER.map((kind): Section => {
    const own = rows.filter((r) => r.kind === kind && (wanted ? r.key.toLowerCase().includes(wanted) : kind !== "metrics" || !r.key.startsWith("system/")));
    const shown = own.filter((r) => !onlyDifferent || r.isDifferent);
    return { kind, title: TITLES[kind], rows: shown, nHidden: own.length - shown.length };
  }).filter((section) => section.rows.length || section.nHidden);
}

/** The index of the best number; -1 if there are fewer than two. */
export function bestIndex({ key, values }: CompareRow): number {
  const sign = lowerIsBetter(key) ? 1 : -1;
  const numbers = values.map((value) => (typeof value === "number" && Number.isFinite(value) ? value * sign : Number.POSITIVE_INFINITY));
  if (numbers.filter(Number.isFinite).length < 2) return -1;
  return numbers.indexOf(Math.min(...numbers));
}

/** How the runs are ordered: by the row of a key, the best first, or the other way round. */
export interface Order {
  kind: RowKind;
  key: string;
  isReversed: boolean;
}

export function readOrder(text: string | undefined): Order | null {
  const [, minus, kind, key] = /^(-?)(about|params|metrics|tags)\/(.+)$/s.exec(text ?? "") ?? [];
  return kind && key ? { kind: kind as RowKind, key, isReversed: minus === "-" } : null;
}

/** What a click on a row does: the best first, then the other way round, then as they were chosen. */
export function nextOrder({ kind, key }: CompareRow, order: Order | null): string | undefined {
  const isOrdered = order?.kind === kind && order.key === key;
  if (isOrdered && order.isReversed) return undefined;
  return `${isOrdered ? "-" : ""}${kind}/${key}`;
}

/** Indices of the runs in an order; those without a value, or with NaN, are last either way. */
export function inOrder(rows: readonly CompareRow[], order: Order | null, n: number): number[] {
  const all = Array.from({ length: n }, (_, at) => at);
  const row = order && rows.find(({ kind, key }) => kind === order.kind && key === order.key);
  if (!row) return all;
  const sign = (order.isReversed ? -1 : 1) * (row.kind === "metrics" && !lowerIsBetter(row.key) ? -1 : 1);
  const has = (at: number) => row.values[at] !== null && !Number.isNaN(row.values[at]);
  return all.toSorted((a, b) => Number(has(b)) - Number(has(a)) || (has(a) ? sign * compared(row.values[a]!, row.values[b]!) : 0));
}

function compared(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : Number(a > b);
  // A logged param is a text: 1e-4 is less than 0.01 all the same.
  const [first, second] = [Number(a), Number(b)];
  return String(a).trim() && String(b).trim() && Number.isFinite(first - second)
    ? first - second
    : String(a).localeCompare(String(b), undefined, { numeric: true });
}

export interface Delta {
  /** Relative to the baseline; absolute where a share would mislead: a baseline near 0, or another sign. */
  text: string;
  isBetter: boolean;
}

/** How a number differs from the baseline's; null where one of them is missing or they agree. */
export function delta(key: string, value: string | number | null, base: string | number | null): Delta | null {
  if (typeof value !== "number" || typeof base !== "number" || !Number.isFinite(value - base) || value === base) return null;
  const difference = value - base;
  const sign = difference > 0 ? "+" : "−";
  const share = Math.abs(difference / base) * 100;
  const hasNoShare = base === 0 || share >= 1000 || value < 0 !== base < 0;
  const text = hasNoShare ? `${sign}${Number(Math.abs(difference).toPrecision(3))}` : `${sign}${share < 0.1 ? share.toPrecision(1) : share < 10 ? share.toFixed(1) : share.toFixed(0)} %`;
  return { text, isBetter: difference < 0 === lowerIsBetter(key) };
}
