import type { Experiment } from "../../api/model";
import { type TreeNode, buildTree, leaves } from "../../lib/tree";

export type ExperimentSort = "name" | "runs" | "active";
export type ExperimentNode = TreeNode<Experiment>;

/** The tree of experiments that fit the text. A folder stands where its first experiment in this order stands. */
export function experimentTree(all: readonly Experiment[], text: string, sort: ExperimentSort): ExperimentNode[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = all.filter((e) => {
    const words = `${e.name}\n${e.description}`.toLowerCase();
    return wanted.every((word) => words.includes(word));
  });
  const orders: Record<ExperimentSort, (a: Experiment, b: Experiment) => number> = {
    name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
    runs: (a, b) => b.nRuns - a.nRuns,
    active: (a, b) => (b.lastRunMs ?? 0) - (a.lastRunMs ?? 0),
  };
  return buildTree(fitting.toSorted(orders[sort]), (e) => e.name);
}

export interface Totals {
  ids: string[];
  nRuns: number;
  nRunning: number;
  lastRunMs: number | null;
  runsPerDay: number[];
}

/** What a row shows: of one experiment, or of all in a folder. */
export function totals(node: ExperimentNode): Totals {
  const all = leaves(node);
  const days = Math.max(0, ...all.map((e) => e.runsPerDay.length));
  return {
    ids: all.map((e) => e.id),
    nRuns: all.reduce((sum, e) => sum + e.nRuns, 0),
    nRunning: all.reduce((sum, e) => sum + e.nRunning, 0),
    lastRunMs: all.reduce<number | null>((latest, e) => (e.lastRunMs && e.lastRunMs > (latest ?? 0) ? e.lastRunMs : latest), null),
    runsPerDay: Array.from({ length: days }, (_, day) => all.reduce((sum, e) => sum + (e.runsPerDay[day] ?? 0), 0)),
  };
}
