/** Rank correlations of many columns with each other. */
import { spearman } from "./stats";

export type Column = readonly (string | number | null)[];

/** Numbers of a column whose values all are; null for names. Missing values are NaN. */
export function asNumbers(column: Column): number[] | null {
  const numbers = column.map((value) => (value === null || value === "" ? Number.NaN : Number(value)));
  const isNumeric = column.every((value, at) => value === null || typeof value === "number" || !Number.isNaN(numbers[at]));
  return isNumeric && numbers.some(Number.isFinite) ? numbers : null;
}

/** Columns that hold different numbers, each with each. */
export function correlate(columns: readonly (readonly [label: string, values: Column])[]): { labels: string[]; values: number[][]; n: number[][] } {
  const numeric = columns.flatMap(([label, values]) => {
    const numbers = asNumbers(values);
    return numbers && new Set(numbers.filter(Number.isFinite)).size > 1 ? [{ label, numbers }] : [];
  });
  const pairs = numeric.map(({ numbers: a }) => numeric.map(({ numbers: b }) => a.map((value, at) => [value, b[at] as number] as const).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))));
  return {
    labels: numeric.map(({ label }) => label),
    values: pairs.map((row, a) => row.map((both, b) => (a === b ? 1 : spearman(both)))),
    n: pairs.map((row) => row.map((both) => both.length)),
  };
}
