import { expect, it } from "vitest";
import { buildTree, flattenTree, leaves } from "./tree";

const NAMES = ["vision/cifar", "nlp", "vision/imagenet/resnet", "vision"];

it("shows folders for slashes and keeps the order of the items", () => {
  const rows = flattenTree(buildTree(NAMES, (n) => n), () => true);
  expect(rows.map((r) => [r.depth, r.label, r.item])).toEqual([
    [0, "vision", "vision"],
    [1, "cifar", "vision/cifar"],
    [1, "imagenet", null],
    [2, "resnet", "vision/imagenet/resnet"],
    [0, "nlp", "nlp"],
  ]);
});

it("hides what is in a closed folder and still counts it", () => {
  const tree = buildTree(NAMES, (n) => n);
  expect(flattenTree(tree, () => false).map((r) => r.label)).toEqual(["vision", "nlp"]);
  expect(leaves(tree[0]!)).toHaveLength(3);
});

it("keeps odd names apart", () => {
  const tree = buildTree(["a//b", "a/b", "/"], (n) => n);
  expect(tree.flatMap(leaves).sort()).toEqual(["/", "a//b", "a/b"]);
});
