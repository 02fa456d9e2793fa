import { expect, it } from "vitest";
import { missingParents, treeRows } from "./runTree";

const run = (id: string, parentId: string | null = null) => ({ id, parentId });
const show = (rows: ReturnType<typeof treeRows>) => rows.map((r) => `${"  ".repeat(r.depth)}${r.run.id}${r.isMatch ? "" : "?"}`);

it("puts a family where its best member stands", () => {
  const runs = [run("a1", "a"), run("b"), run("a2", "a"), run("a")];
  expect(show(treeRows(runs, new Map(), () => true))).toEqual(["a", "  a1", "  a2", "b"]);
});

it("shows a parent that does not fit the filter, marked as such", () => {
  const runs = [run("a1", "a"), run("a1x", "a1")];
  expect(missingParents(runs)).toEqual(["a"]);
  expect(show(treeRows(runs, new Map([["a", run("a")]]), () => true))).toEqual(["a?", "  a1", "    a1x"]);
  expect(show(treeRows(runs, new Map([["a", run("a")]]), () => true, new Set(["a"])))).toEqual(["a", "  a1", "    a1x"]);
});

it("hides children of a closed run and counts them", () => {
  const [row] = treeRows([run("a"), run("a1", "a")], new Map(), () => false);
  expect(row).toMatchObject({ nChildren: 1, isOpen: false });
});

it("survives runs that name each other or themselves as parents", () => {
  const runs = [run("x", "y"), run("y", "x"), run("z", "z")];
  const ids = treeRows(runs, new Map(), () => true).map((r) => r.run.id);
  expect(ids.toSorted()).toEqual(["x", "y", "z"]);
});
