/** Runs with the same values, together. */
import type { Run } from "../../api/model";
import { fieldLabel, parseField } from "../../lib/field";
import { readList } from "../../lib/listParam";
import { type Summary, summarise, welch } from "../../lib/stats";

export interface GroupSpec {
  fields: string[];
  /** By all params but the fields. */
  isAllBut: boolean;
}

export interface RunGroup {
  id: string;
  label: string;
  /** What its runs share. */
  values: [string, string][];
  runs: Run[];
}

export function readGroup(text: string): GroupSpec {
  return { isAllBut: text.startsWith("!"), fields: readList(text.replace(/^!/, "")) };
}

function valueOf(run: Run, id: string): string | undefined {
  const of = parseField(id);
  if (of.kind === "params") return run.params[of.key];
  if (of.kind === "tags") return run.tags[of.key];
  if (of.kind === "datasets") return run.datasets.map((use) => (of.key === "digest" ? `${use.name} ${use.digest.slice(0, 8)}` : use.name)).join(", ") || undefined;
  return of.key === "user_id" ? run.user : of.key === "state" ? run.state : undefined;
}

/** Groups in the order of their first run. What all runs share is not part of a label. */
export function groupRuns(runs: readonly Run[], spec: GroupSpec): RunGroup[] {
  const fields = spec.isAllBut ? allBut(runs, spec.fields) : spec.fields;
  const groups = new Map<string, RunGroup>();
  for (const run of runs) {
    const values = fields.map((id): [string, string] => [id, valueOf(run, id) ?? "none"]);
    const id = JSON.stringify(values);
    const group = groups.get(id);
    if (group) group.runs.push(run);
    else groups.set(id, { id, label: "", values, runs: [run] });
  }
  const all = [...groups.values()];
  const telling = fields.filter((field, at) => fields.length === 1 || new Set(all.map((group) => group.values[at]?.[1])).size > 1 || !field);
  for (const group of all) group.label = labelOf(group.values, telling);
  return all;
}

function allBut(runs: readonly Run[], left: readonly string[]): string[] {
  const keys = new Set(runs.flatMap((run) => Object.keys(run.params)));
  const without = new Set(left.map((id) => parseField(id).key));
  return [...keys].filter((key) => !without.has(key)).sort().map((key) => `params.${/^[\w/:.-]+$/.test(key) ? key : `"${key.replaceAll('"', '""')}"`}`);
}

function labelOf(values: readonly [string, string][], telling: readonly string[]): string {
  const shown = values.filter(([id]) => telling.includes(id));
  if (!shown.length) return "all alike";
  if (shown.length === 1) return shown[0]?.[1] ?? "";
  return shown.map(([id, value]) => `${fieldLabel(parseField(id)).split(/[./]/).at(-1)} ${value}`).join(", ");
}

/** The mean and spread of a metric column in a group. */
export function groupSummary(group: RunGroup, column: string): Summary {
  const of = parseField(column);
  return summarise(group.runs.flatMap((run) => run.metrics[of.key]?.[of.stat] ?? []));
}

export const NOISE_LEVEL = 0.05;

/** Whether a group cannot be told from the best one: Welch's two-sided t test above {@link NOISE_LEVEL}. */
export function isWithinNoise(group: Summary, best: Summary): boolean {
  return welch(group, best) > NOISE_LEVEL;
}
