import { expect, it } from "vitest";
import type { Experiment } from "../../api/model";
import { experimentTree } from "./experimentRows";
import { folders, joinPath, movesOf, takenName } from "./moves";

const make = (name: string): Experiment => ({
  id: `id of ${name}`, name, description: "", artifactLocation: "", workspace: "default", isDeleted: false, createdMs: 0, updatedMs: 0,
  nRuns: 0, nRunning: 0, lastRunMs: null, runsPerDay: [],
});
const ALL = ["vision/cifar/a", "vision/cifar/b", "vision/mnist", "nlp"].map(make);
const top = (name: string) => experimentTree(ALL, "", "name").find((node) => node.label === name)!;
const names = (node: Parameters<typeof movesOf>[0], to: string) => movesOf(node, to).map((move) => [move.from, move.to]);

it("takes along what is below a folder", () => {
  expect(names(top("vision"), "old/vision")).toEqual([
    ["vision/cifar/a", "old/vision/cifar/a"],
    ["vision/cifar/b", "old/vision/cifar/b"],
    ["vision/mnist", "old/vision/mnist"],
  ]);
  expect(names(top("nlp"), joinPath("vision", "nlp"))).toEqual([["nlp", "vision/nlp"]]);
  expect(names(top("nlp"), joinPath("", "/nlp/"))).toEqual([]);
});

it("frees a name before another experiment takes it", () => {
  const chain = experimentTree(["a", "a/b", "a/b/b"].map(make), "", "name")[0]!;
  expect(names(chain, "a/b")).toEqual([
    ["a/b/b", "a/b/b/b"],
    ["a/b", "a/b/b"],
    ["a", "a/b"],
  ]);
});

it("knows the folders and the names that are taken", () => {
  expect(folders(ALL)).toEqual(["vision", "vision/cifar"]);
  expect(takenName(movesOf(top("vision"), "nlp"), ALL)).toBeNull();
  expect(takenName([{ id: "id of nlp", from: "nlp", to: "vision/mnist" }], ALL)).toBe("vision/mnist");
});
