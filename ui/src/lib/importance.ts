/** Which params go with a metric: by how much each alone explains, and in which direction. */
import { explainedVariance, spearman } from "./stats";

export interface Observation {
  params: Readonly<Record<string, string | undefined>>;
  value: number;
}

export interface Importance {
  key: string;
  /** Share of the variance explained by the param alone, 0 to 1, corrected for chance. */
  share: number;
  /** `groups`: adjusted eta squared over equal values; `ranks`: squared rank correlation, for numbers that hardly repeat. */
  measure: "groups" | "ranks";
  /** Spearman's rank correlation; NaN for params that are not numbers. */
  correlation: number;
  n: number;
}

const BINS = 8;
const LEAST_RUNS = 4;

/** Strongest first. Params that do not vary are left out. */
export function paramImportance(observations: readonly Observation[]): Importance[] {
  const finite = observations.filter((o) => Number.isFinite(o.value));
  const keys = new Set(finite.flatMap((o) => Object.keys(o.params)));
  return [...keys]
    .flatMap((key) => oneParam(key, finite) ?? [])
    .sort((a, b) => b.share - a.share || a.key.localeCompare(b.key));
}

function oneParam(key: string, observations: readonly Observation[]): Importance | null {
  const having = observations.filter((o) => o.params[key] !== undefined);
  const texts = having.map((o) => o.params[key] as string);
  const distinct = new Set(texts);
  if (having.length < LEAST_RUNS || distinct.size < 2) return null;
  const numbers = texts.map(Number);
  const isNumeric = texts.every((text, at) => text !== "" && Number.isFinite(numbers[at]));
  const groupOf = isNumeric && distinct.size > BINS ? binner(numbers) : (at: number) => texts[at] as string;
  const groups = new Map<string, number[]>();
  having.forEach((o, at) => {
    const group = groupOf(at);
    const values = groups.get(group);
    if (values) values.push(o.value);
    else groups.set(group, [o.value]);
  });
  const n = having.length;
  const k = groups.size;
  const correlation = isNumeric ? spearman(having.map((o, at) => [numbers[at] as number, o.value])) : Number.NaN;
  // Either measure grows by chance with what it may fit, so both are adjusted as R squared is.
  const adjusted = (raw: number, fitted: number) => Math.max(0, 1 - ((1 - raw) * (n - 1)) / (n - fitted));
  if (isNumeric && 2 * k > n) return Number.isNaN(correlation) ? null : { key, share: adjusted(correlation ** 2, 2), measure: "ranks", correlation, n };
  if (k >= n) return null;
  return { key, share: adjusted(explainedVariance(groups), k), measure: "groups", correlation, n };
}

/** Bins with equal numbers of runs. */
function binner(numbers: readonly number[]): (at: number) => string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const edges = Array.from({ length: BINS - 1 }, (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / BINS)] as number);
  return (at) => String(edges.filter((edge) => (numbers[at] as number) >= edge).length);
}
