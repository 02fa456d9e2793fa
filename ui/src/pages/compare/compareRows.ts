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
