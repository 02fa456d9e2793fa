/** Where the names of experiments go when a folder, or one of them, moves. */
import type { Experiment } from "../../api/model";
import { leaves } from "../../lib/tree";
import type { ExperimentNode } from "./experimentRows";

export interface Move {
  id: string;
  from: string;
  to: string;
}

const parts = (path: string): string[] => path.split("/").filter(Boolean);

/** The name in a folder; the empty text is the top. */
export function joinPath(folder: string, name: string): string {
  return [...parts(folder), ...parts(name)].join("/");
}

/** The folders that there are, each once, with those above them. */
export function folders(all: readonly Experiment[]): string[] {
  const found = all.flatMap(({ name }) => parts(name).slice(0, -1).map((_, at, above) => above.slice(0, at + 1).join("/")));
  return [...new Set(found)].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}

/**
 * All that stands at a node and below it, named as if the node stood at another path.
 *
 * @returns what changes, in an order in which no name is taken before it is free
 */
export function movesOf(node: ExperimentNode, path: string): Move[] {
  const depth = parts(node.path).length;
  const waiting = leaves(node).flatMap(({ id, name }): Move[] => {
    const to = joinPath(path, parts(name).slice(depth).join("/"));
    return to === name ? [] : [{ id, from: name, to }];
  });
  const ordered: Move[] = [];
  while (waiting.length) {
    const at = waiting.findIndex(({ to }) => !waiting.some(({ from }) => from === to));
    ordered.push(...waiting.splice(Math.max(0, at), 1));
  }
  return ordered;
}

/** The first name that an experiment outside of the moves has already. */
export function takenName(moves: readonly Move[], all: readonly Experiment[]): string | null {
  const moving = new Set(moves.map(({ id }) => id));
  const taken = new Set(all.filter(({ id }) => !moving.has(id)).map(({ name }) => name));
  return moves.find(({ to }) => taken.has(to))?.to ?? null;
}
