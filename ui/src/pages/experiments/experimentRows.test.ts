import { expect, it } from "vitest";
import type { Experiment } from "../../api/model";
import { experimentTree, totals } from "./experimentRows";

const make = (name: string, nRuns: number, lastRunMs: number | null): Experiment => ({
  id: name, name, description: "", artifactLocation: "", workspace: "default", isDeleted: false, createdMs: 0, updatedMs: 0,
  nRuns, nRunning: 1, lastRunMs, runsPerDay: [1, nRuns],
});
const ALL = [make("a/x", 2, 10), make("b", 9, 30), make("a/y", 3, 20)];

it("puts a folder where its first experiment stands", () => {
  expect(experimentTree(ALL, "", "name").map((n) => n.label)).toEqual(["a", "b"]);
  expect(experimentTree(ALL, "", "active").map((n) => n.label)).toEqual(["b", "a"]);
});

it("finds by all words", () => {
  expect(experimentTree(ALL, "a y", "name").flatMap((n) => totals(n).ids)).toEqual(["a/y"]);
});

it("adds up what is in a folder", () => {
  const [folder] = experimentTree(ALL, "", "name");
  expect(totals(folder!)).toEqual({ ids: ["a/x", "a/y"], nRuns: 5, nRunning: 2, lastRunMs: 20, runsPerDay: [2, 5] });
});
