/** Nested runs as rows of a tree, whatever the order and the filter. */

export interface Nested {
  id: string;
  parentId: string | null;
}

export interface TreeRow<T extends Nested> {
  run: T;
  depth: number;
  nChildren: number;
  isOpen: boolean;
  /** False for a parent that is shown only to hold its children. */
  isMatch: boolean;
}

const MAX_DEPTH = 32;

/**
 * @param runs in the order of the search
 * @param parents runs the search did not bring, by id, under which found runs are shown
 * @param fitting ids of those parents that fit the search all the same, on a page that is not there yet
 * @returns a family stands where its first found member stands; members keep the order of the search
 */
export function treeRows<T extends Nested>(
  runs: readonly T[],
  parents: ReadonlyMap<string, T>,
  isOpen: (id: string) => boolean,
  fitting: ReadonlySet<string> = new Set(),
): TreeRow<T>[] {
  const found = new Map(runs.map((run) => [run.id, run]));
  const parentOf = (run: T): T | undefined => {
    const parent = run.parentId ? (found.get(run.parentId) ?? parents.get(run.parentId)) : undefined;
    return parent?.id === run.id ? undefined : parent;
  };
  const children = new Map<string, T[]>();
  const roots: T[] = [];
  const placed = new Set<string>();
  const place = (run: T, depth: number): void => {
    if (placed.has(run.id)) return;
    placed.add(run.id);
    const parent = depth < MAX_DEPTH ? parentOf(run) : undefined;
    if (!parent) {
      roots.push(run);
      return;
    }
    place(parent, depth + 1);
    const siblings = children.get(parent.id);
    if (siblings) siblings.push(run);
    else children.set(parent.id, [run]);
  };
  for (const run of runs) place(run, 0);

  const rows: TreeRow<T>[] = [];
  const walked = new Set<string>();
  const walk = (run: T, depth: number): void => {
    if (walked.has(run.id)) return;
    walked.add(run.id);
    const below = children.get(run.id) ?? [];
    const open = below.length > 0 && isOpen(run.id);
    rows.push({ run, depth, nChildren: below.length, isOpen: open, isMatch: found.has(run.id) || fitting.has(run.id) });
    if (open) for (const child of below) walk(child, depth + 1);
  };
  for (const root of roots) walk(root, 0);
  // Runs that name each other as parents hang from no root.
  const tops = new Set(roots.map((root) => root.id));
  for (const run of runs) if (!isBelow(run, tops, parentOf)) walk(run, 0);
  return rows;
}

function isBelow<T extends Nested>(run: T, tops: ReadonlySet<string>, parentOf: (run: T) => T | undefined): boolean {
  let at: T | undefined = run;
  for (let steps = 0; at && steps <= MAX_DEPTH; steps++) {
    if (tops.has(at.id)) return true;
    at = parentOf(at);
  }
  return false;
}

/** Parents that are named but not among the runs. */
export function missingParents(runs: readonly Nested[]): string[] {
  const ids = new Set(runs.map((run) => run.id));
  return [...new Set(runs.flatMap((run) => (run.parentId && !ids.has(run.parentId) ? [run.parentId] : [])))];
}
