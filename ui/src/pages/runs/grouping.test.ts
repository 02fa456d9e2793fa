import { expect, it } from "vitest";
import type { Run } from "../../api/model";
import { groupRuns, groupSummary, isWithinNoise, readGroup } from "./grouping";

const run = (params: Record<string, string>, loss: number): Run => ({
  id: JSON.stringify(params), experimentId: "1", name: "", state: "FINISHED", startMs: 0, endMs: 0, user: "", parentId: null,
  isDeleted: false, deletedMs: null, artifactUri: "", tags: {}, datasets: [], params,
  metrics: { loss: { last: loss, min: loss, max: loss, step: 0, timestampMs: 0, count: 1 } },
});
const RUNS = [
  run({ model: "vit", lr: "0.1", seed: "1" }, 1),
  run({ model: "cnn", lr: "0.1", seed: "1" }, 5),
  run({ model: "vit", lr: "0.1", seed: "2" }, 2),
  run({ model: "cnn", lr: "0.1", seed: "2" }, 6),
];

it("groups by all params but one, and names what differs", () => {
  const groups = groupRuns(RUNS, readGroup("!params.seed"));
  expect(groups.map((g) => [g.label, g.runs.length])).toEqual([["vit", 2], ["cnn", 2]].map(([l, n]) => [l, n]));
});

it("groups by named fields and tells those that have none", () => {
  const groups = groupRuns([...RUNS, run({}, 9)], readGroup("params.model,params.seed"));
  expect(groups.map((g) => g.label)).toEqual(["model vit, seed 1", "model cnn, seed 1", "model vit, seed 2", "model cnn, seed 2", "model none, seed none"]);
});

it("says whether two groups differ by more than noise", () => {
  const [vit, cnn] = groupRuns(RUNS, readGroup("params.model")).map((g) => groupSummary(g, "metrics.loss"));
  expect(vit).toMatchObject({ n: 2, mean: 1.5 });
  expect(isWithinNoise(cnn!, vit!)).toBe(false);
  expect(isWithinNoise(vit!, vit!)).toBe(true);
});
