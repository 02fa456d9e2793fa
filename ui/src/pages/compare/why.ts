/** What goes with a better value of a metric, over the compared runs. */
import type { Run } from "../../api/model";
import { lowerIsBetter } from "../../lib/field";
import { shortNumber } from "../../lib/format";
import { headlineMetrics } from "../../lib/headline";
import { type Importance, paramImportance } from "../../lib/importance";
import { TAGS, ownTags } from "../../records/tags";
import type { MetricStat } from "./compareRows";

export interface Separation extends Importance {
  /** The number that tends to be better; empty for words and where neither is. */
  better: "" | "more" | "less";
  best: string;
  rest: string;
}

export interface Why {
  /** Runs that have the metric, the best first. */
  ranked: Run[];
  nBest: number;
  rows: Separation[];
}

const CLEAR = 0.3;
const LISTED = 3;

/** Metrics worth asking about: those that most of the runs have, and that tell them apart. */
export function targets(runs: readonly Run[], stat: MetricStat): string[] {
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  const facts = keys.map((key) => {
    const values = runs.map((run) => run.metrics[key]?.[stat]).filter((value) => value !== undefined && Number.isFinite(value));
    return { key, nRuns: values.length, variation: values.length > 1 ? (new Set(values).size - 1) / (values.length - 1) : 0 };
  });
  // A metric that half of the runs lack cannot say what makes a run good.
  const most = Math.max(0, ...facts.map((fact) => fact.nRuns));
  return headlineMetrics(facts.filter((fact) => 2 * fact.nRuns >= most), facts.length);
}

/** What is known of a run besides its metrics, under names that tell the kinds apart. */
function factors(run: Run): Record<string, string> {
  const about = [
    ["commit", run.tags[TAGS.commit]?.slice(0, 10)],
    ["branch", run.tags[TAGS.branch]],
    ["program", run.tags[TAGS.sourceName]],
    ["host", run.tags[TAGS.host]],
    ["user", run.user],
    ["dataset", run.datasets.map((use) => `${use.name} ${use.digest.slice(0, 8)}`).join(", ")],
  ].flatMap(([key, value]) => (key && value ? [[key, value]] : []));
  return { ...Object.fromEntries(about), ...Object.fromEntries(ownTags(run).map(([key, value]) => [`tags.${key}`, value])), ...run.params };
}

export function explain(runs: readonly Run[], target: string, stat: MetricStat): Why {
  const sign = lowerIsBetter(target) ? 1 : -1;
  const value = (run: Run) => run.metrics[target]?.[stat] ?? Number.NaN;
  const ranked = runs.filter((run) => Number.isFinite(value(run))).toSorted((a, b) => sign * (value(a) - value(b)));
  const known = ranked.map(factors);
  const nBest = Math.max(1, Math.round(ranked.length / 3));
  const rows = paramImportance(ranked.map((run, at) => ({ params: known[at] ?? {}, value: value(run) }))).map((row) => ({
    ...row,
    better: row.share > 0 ? better(row.correlation * -sign) : "",
    best: describe(known.slice(0, nBest).map((all) => all[row.key])),
    rest: describe(known.slice(nBest).map((all) => all[row.key])),
  }));
  return { ranked, nBest, rows };
}

function better(correlation: number): Separation["better"] {
  if (!(Math.abs(correlation) >= CLEAR)) return "";
  return correlation > 0 ? "more" : "less";
}

/** Values from the most frequent on; numbers that hardly repeat as their median and range. */
export function describe(values: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? "none", (counts.get(value ?? "none") ?? 0) + 1);
  const numbers = values.map(Number).sort((a, b) => a - b);
  if (counts.size > LISTED && values.every((value) => value !== undefined && value !== "" && Number.isFinite(Number(value)))) {
    const [low, middle, high] = [numbers[0], numbers[Math.floor(numbers.length / 2)], numbers.at(-1)];
    return `around ${shortNumber(middle)} (${shortNumber(low)} to ${shortNumber(high)})`;
  }
  const listed = [...counts].sort((a, b) => b[1] - a[1]).slice(0, LISTED);
  const words = listed.map(([value, n]) => (n > 1 ? `${value} (${n})` : value));
  return [...words, ...(counts.size > LISTED ? ["…"] : [])].join(", ");
}
