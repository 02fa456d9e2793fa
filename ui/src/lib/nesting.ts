/** Keys with dots or slashes as a tree, for params that came from nested configuration. */

export interface NestedKey {
  /** What is shown: the last part, or the whole key in a flat list. */
  label: string;
  path: string;
  depth: number;
  /** Undefined for a branch. */
  value: string | undefined;
}

/** Branches with one child are joined with it, so that a tree is never deeper than it tells. */
export function nestKeys(entries: readonly (readonly [string, string])[]): NestedKey[] {
  interface Node {
    value: string | undefined;
    children: Map<string, Node>;
  }
  const root: Node = { value: undefined, children: new Map() };
  for (const [key, value] of entries) {
    let node = root;
    for (const part of key.split(/[./]/)) {
      const child: Node = node.children.get(part) ?? { value: undefined, children: new Map() };
      node.children.set(part, child);
      node = child;
    }
    // Two keys may differ only in their separators; the second keeps its full name as a leaf of its own.
    if (node.value === undefined) node.value = value;
    else root.children.set(key, { value, children: new Map() });
  }
  const rows: NestedKey[] = [];
  const walk = (node: Node, depth: number, path: string, prefix: string) => {
    for (const [part, child] of node.children) {
      const here = path ? `${path}.${part}` : part;
      const label = prefix ? `${prefix}.${part}` : part;
      if (child.value === undefined && child.children.size === 1) {
        walk({ value: undefined, children: child.children }, depth, here, label);
        continue;
      }
      rows.push({ label, path: here, depth, value: child.value });
      walk(child, depth + 1, here, "");
    }
  };
  walk(root, 0, "", "");
  return rows;
}
