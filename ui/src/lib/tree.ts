/** A folder tree from names with slashes. */

export interface TreeNode<T> {
  /** The whole path, such as `vision/cifar`. */
  path: string;
  /** The last part of the path. */
  label: string;
  depth: number;
  item: T | null;
  children: TreeNode<T>[];
}

export function buildTree<T>(items: readonly T[], nameOf: (item: T) => string): TreeNode<T>[] {
  const root: TreeNode<T> = { path: "", label: "", depth: -1, item: null, children: [] };
  const nodes = new Map<string, TreeNode<T>>([["", root]]);
  for (const item of items) {
    const name = nameOf(item);
    const node = ensure(nodes, name.split("/").filter(Boolean), name);
    // Two items may share a path once empty parts are dropped ("a//b"); the second gets its full name.
    if (node.item === null) node.item = item;
    else root.children.push({ path: name, label: name, depth: 0, item, children: [] });
  }
  return root.children.map(joined);
}

/** A folder that holds nothing but one folder or item stands on one line with it. */
function joined<T>(node: TreeNode<T>): TreeNode<T> {
  const [only] = node.children;
  if (node.item === null && only && node.children.length === 1) {
    return joined({ ...only, label: `${node.label}/${only.label}`, depth: node.depth, children: only.children.map(raised) });
  }
  return { ...node, children: node.children.map(joined) };
}

function raised<T>(node: TreeNode<T>): TreeNode<T> {
  return { ...node, depth: node.depth - 1, children: node.children.map(raised) };
}

function ensure<T>(nodes: Map<string, TreeNode<T>>, parts: string[], name: string): TreeNode<T> {
  const path = parts.join("/") || name;
  const known = nodes.get(path);
  if (known && path !== "") return known;
  const parent = parts.length > 1 ? ensure(nodes, parts.slice(0, -1), name) : (nodes.get("") as TreeNode<T>);
  const node: TreeNode<T> = {
    path,
    label: parts[parts.length - 1] ?? name,
    depth: parent.depth + 1,
    item: null,
    children: [],
  };
  parent.children.push(node);
  nodes.set(path, node);
  return node;
}

/** Rows of a tree in reading order; a closed folder hides what is in it. */
export function flattenTree<T>(
  nodes: readonly TreeNode<T>[],
  isOpen: (path: string) => boolean,
): TreeNode<T>[] {
  return nodes.flatMap((node) =>
    node.children.length && isOpen(node.path) ? [node, ...flattenTree(node.children, isOpen)] : [node],
  );
}

export function leaves<T>(node: TreeNode<T>): T[] {
  const below = node.children.flatMap(leaves);
  return node.item === null ? below : [node.item, ...below];
}
