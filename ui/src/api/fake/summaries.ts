/** Groups and columns of made-up runs. */
import { parseField } from "../../lib/field";
import { summarise } from "../../lib/stats";
import type { GroupSearch, Groups, Run, Spread } from "../model";

export function valueOf(run: Run, id: string): string | number | null {
  const of = parseField(id);
  switch (of.kind) {
    case "metrics":
      return run.metrics[of.key]?.[of.stat] ?? null;
    case "params":
      return run.params[of.key] ?? null;
    case "tags":
      return run.tags[of.key] ?? null;
    case "datasets":
      return run.datasets.map((use) => (of.key === "digest" ? use.digest : use.name)).join(", ") || null;
    case "attributes":
      return of.key === "user_id" ? run.user : of.key === "state" ? run.state : of.key === "start_time" ? run.startMs : run.name;
  }
}

export function groupFakes(runs: readonly Run[], search: GroupSearch): Groups {
  const by = search.isAllBut ? allBut(runs, search.by) : search.by;
  const groups = new Map<string, { values: (string | null)[]; runs: Run[] }>();
  for (const run of runs) {
    const values = by.map((id) => valueOf(run, id) as string | null);
    const id = JSON.stringify(values);
    const group = groups.get(id) ?? { values, runs: [] };
    group.runs.push(run);
    groups.set(id, group);
  }
  const all = [...groups.values()].map((group) => ({
    values: group.values,
    nRuns: group.runs.length,
    metrics: search.metrics.map((id) => spread(group.runs.map((run) => valueOf(run, id)))),
    runIds: group.runs.slice(0, search.runIds).map((run) => run.id),
  }));
  const [field = "", way] = search.orderBy.split(/ (?=ASC$|DESC$)/);
  const at = search.metrics.indexOf(field);
  const mean = (group: (typeof all)[number]) => group.metrics[at]?.mean ?? Infinity;
  all.sort((a, b) => (at < 0 ? b.nRuns - a.nRuns : way === "DESC" ? mean(b) - mean(a) : mean(a) - mean(b)));
  return { by, groups: all.slice(0, search.limit), nGroups: all.length, nRuns: runs.length };
}

function allBut(runs: readonly Run[], but: readonly string[]): string[] {
  const without = new Set(but.map((id) => parseField(id).key));
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.params)))].filter((key) => !without.has(key)).sort();
  return keys.filter((key) => new Set(runs.map((run) => run.params[key])).size > 1).map((key) => `params."${key}"`);
}

function spread(values: readonly (string | number | null)[]): Spread {
  const sorted = values.filter((v): v is number => typeof v === "number" && Number.isFinite(v)).sort((a, b) => a - b);
  const { n, mean, sd } = summarise(sorted);
  if (!n) return { n, mean: null, sd: null, min: null, q1: null, median: null, q3: null, max: null };
  const quantile = (p: number) => {
    const place = p * (n - 1);
    const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
    return low + (high - low) * (place % 1);
  };
  return { n, mean, sd: n > 1 ? sd : null, min: quantile(0), q1: quantile(0.25), median: quantile(0.5), q3: quantile(0.75), max: quantile(1) };
}
