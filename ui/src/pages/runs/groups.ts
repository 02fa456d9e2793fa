/** Groups as the page knows them: how they are asked for, called, told apart and found again. */
import type { GroupOfRuns, Groups, Spread } from "../../api/model";
import { fieldLabel, fieldText, parseField } from "../../lib/field";
import { quoteValue } from "../../lib/filter/complete";
import { readList } from "../../lib/listParam";
import { type Summary, welch } from "../../lib/stats";

export interface GroupSpec {
  fields: string[];
  /** By all params but the fields. */
  isAllBut: boolean;
}

/** The text in the address: fields, with `!` in front for all params but these. */
export function readGroup(text: string): GroupSpec {
  return { isAllBut: text.startsWith("!"), fields: readList(text.replace(/^!/, "")) };
}

export function groupId(group: GroupOfRuns): string {
  return JSON.stringify(group.values);
}

/** What tells the group from the others; digests of datasets are cut short. */
export function groupLabels({ by, groups }: Groups): Map<string, string> {
  const isTelling = by.map((_, at) => by.length === 1 || new Set(groups.map((group) => group.values[at])).size > 1);
  const word = (id: string, value: string | null) => {
    if (value === null) return "none";
    const of = parseField(id);
    return of.kind === "datasets" && of.key === "digest" ? value.split(", ").map((digest) => digest.slice(0, 8)).join(", ") : value === "" ? "(empty)" : value;
  };
  return new Map(
    groups.map((group) => {
      const shown = by.flatMap((id, at) => (isTelling[at] ? [[id, group.values[at] ?? null] as const] : []));
      const label =
        shown.length === 0 ? "all alike" : shown.length === 1 ? shown.map(([id, value]) => word(id, value)).join() : shown.map(([id, value]) => `${fieldLabel(parseField(id)).split(/[./]/).at(-1)} ${word(id, value)}`).join(", ");
      return [groupId(group), label];
    }),
  );
}

/** The filter that finds the runs of a group. */
export function groupFilter(by: readonly string[], values: readonly (string | null)[]): string {
  return by
    .flatMap((id, at) => {
      const of = parseField(id);
      const text = of.kind === "attributes" ? of.key : fieldText(of);
      const value = values[at] ?? null;
      if (value === null) return [`${text} IS NULL`];
      // A run with several datasets counts by all of them.
      return (of.kind === "datasets" ? value.split(", ") : [value]).map((one) => `${text} = ${quoteValue(one)}`);
    })
    .join(" AND ");
}

export function both(filter: string, more: string): string {
  if (!filter.trim()) return more;
  if (!more) return filter;
  return /\bOR\b/i.test(filter) ? `(${filter}) AND ${more}` : `${filter} AND ${more}`;
}

export const NOISE_LEVEL = 0.05;

/** Whether a group cannot be told from the best one: Welch's two-sided t test above {@link NOISE_LEVEL}. */
export function noiseOf(group: Spread, best: Spread): { isNoise: boolean; p: number } {
  const p = welch(summary(group), summary(best));
  return { isNoise: p > NOISE_LEVEL, p };
}

function summary({ n, mean, sd, min, max }: Spread): Summary {
  return { n, mean: mean ?? Number.NaN, sd: sd ?? Number.NaN, min: min ?? Number.NaN, max: max ?? Number.NaN };
}
