import { expect, it } from "vitest";
import type { GroupOfRuns } from "../../api/model";
import { parseFilter } from "../../lib/filter/parser";
import { both, groupFilter, groupLabels, noiseOf, readGroup } from "./groups";

const group = (...values: (string | null)[]): GroupOfRuns => ({ values, nRuns: 1, metrics: [], runIds: [] });
const labels = (by: string[], ...groups: GroupOfRuns[]) => [...groupLabels({ by, groups, nGroups: groups.length, nRuns: 9 }).values()];
const spread = (n: number, mean: number, sd: number) => ({ n, mean, sd, min: 0, q1: 0, median: 0, q3: 0, max: 1 });

it("reads which fields count, or do not", () => {
  expect([readGroup("params.a,tags.b"), readGroup("!params.seed")]).toEqual([
    { isAllBut: false, fields: ["params.a", "tags.b"] },
    { isAllBut: true, fields: ["params.seed"] },
  ]);
});

it("calls groups by what tells them apart", () => {
  expect(labels(["params.model"], group("vit"), group(null), group(""))).toEqual(["vit", "none", "(empty)"]);
  expect(labels(['params."optim.lr"', "params.model"], group("1", "vit"), group("2", "vit"))).toEqual(["1", "2"].map((lr) => lr));
  expect(labels(["params.lr", "tags.team"], group("1", "a"), group("2", "b"))).toEqual(["lr 1, team a", "lr 2, team b"]);
});

it("finds the runs of a group again, whatever the values hold", () => {
  const filter = groupFilter(['params."a b"', "tags.t", "user_id", "dataset.digest"], ["it's", null, "ada", "x, y"]);
  expect(filter).toContain("tags.t IS NULL AND user_id = 'ada'");
  expect(filter).toContain("datasets.digest = 'x' AND datasets.digest = 'y'");
  expect(parseFilter(filter).ok).toBe(true);
});

it("joins filters so that each keeps its meaning", () => {
  expect([both("", "b = 1"), both("a = 1", "b = 1"), both("a = 1 OR c = 2", "b = 1")]).toEqual(["b = 1", "a = 1 AND b = 1", "(a = 1 OR c = 2) AND b = 1"]);
});

it("says whether a difference is within noise", () => {
  expect(noiseOf(spread(3, 1, 0.5), spread(3, 1.2, 0.5)).isNoise).toBe(true);
  expect(noiseOf(spread(9, 1, 0.1), spread(9, 2, 0.1)).isNoise).toBe(false);
  expect(noiseOf(spread(1, 1, Number.NaN), spread(9, 2, 0.1)).isNoise).toBe(false);
});
