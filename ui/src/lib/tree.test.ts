import { expect, it } from "vitest";
import { buildTree, flattenTree, leaves } from "./tree";

const NAMES = ["vision/cifar", "nlp", "vision/imagenet/resnet", "vision"];

it("shows folders for slashes and keeps the order of the items", () => {
  const rows = flattenTree(buildTree(NAMES, (n) => n), () => true);
  expect(rows.map((r) => [r.depth, r.label, r.item])).toEqual([
    [0, "vision", "vision"],
    [1, "cifar", "vision/cifar"],
    [1, "imagenet/resnet", "vision/imagenet/resnet"],
    [0, "nlp", "nlp"],
  ]);
});

it("hides what is in a closed folder and still counts it", () => {
  const tree = buildTree(NAMES, (n) => n);
  expect(flattenTree(tree, () => false).map((r) => r.label)).toEqual(["vision", "nlp"]);
  expect(leaves(tree[0]!)).toHaveLength(3);
});

it("joins folders that hold one thing, with all below it", () => {
  const rows = flattenTree(buildTree(["a/b/c/x", "a/b/c/y", "z/q"], (n) => n), () => true);
  expect(rows.map((r) => [r.depth, r.label, r.path])).toEqual([
    [0, "a/b/c", "a/b/c"],
    [1, "x", "a/b/c/x"],
    [1, "y", "a/b/c/y"],
    [0, "z/q", "z/q"],
  ]);
});

it("keeps odd names apart", () => {
  const tree = buildTree(["a//b", "a/b", "/"], (n) => n);
  expect(tree.flatMap(leaves).sort()).toEqual(["/", "a//b", "a/b"]);
});
