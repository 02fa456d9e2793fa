/** The rows of the trash: experiments with the runs that went with them, and runs that went alone. */
import type { RunInfo, Trash } from "../../api/model";
import { plural } from "../../lib/format";

export type TrashRow =
  | { kind: "experiment"; id: string; name: string; deletedMs: number | null; nRuns: number; isOpen: boolean }
  | { kind: "run"; id: string; name: string; deletedMs: number | null; run: RunInfo; isInside: boolean };

export interface TrashRows {
  rows: TrashRow[];
  /** What can be chosen: runs inside of a deleted experiment come and go with it. */
  top: TrashRow[];
}

export const rowKey = (row: TrashRow) => `${row.kind}/${row.id}`;

/** The latest deleted first; the runs inside of an experiment only where it is open. */
export function trashRows(pages: readonly Trash[], open: ReadonlySet<string>): TrashRows {
  const experiments = pages[0]?.experiments ?? [];
  const inside = new Map<string, RunInfo[]>(experiments.map((e) => [e.id, []]));
  const alone: TrashRow[] = [];
  for (const run of pages.flatMap((page) => page.runs)) {
    const siblings = inside.get(run.experimentId);
    if (siblings) siblings.push(run);
    else alone.push(runRow(run, false));
  }
  const folders = experiments.map((e): TrashRow => ({ kind: "experiment", ...e, nRuns: inside.get(e.id)?.length ?? 0, isOpen: open.has(e.id) }));
  const top = [...folders, ...alone].sort((a, b) => (b.deletedMs ?? 0) - (a.deletedMs ?? 0));
  const rows = top.flatMap((row) => (row.kind === "experiment" && row.isOpen ? [row, ...(inside.get(row.id) ?? []).map((run) => runRow(run, true))] : [row]));
  return { rows, top };
}

function runRow(run: RunInfo, isInside: boolean): TrashRow {
  return { kind: "run", id: run.id, name: run.name, deletedMs: run.deletedMs, run, isInside };
}

/** "2 experiments and 1 run". */
export function words(nRuns: number, nExperiments: number): string {
  const parts = [nExperiments && plural(nExperiments, "experiment"), (nRuns || !nExperiments) && plural(nRuns, "run")];
  return parts.filter(Boolean).join(" and ");
}
