import { expect, it } from "vitest";
import type { Run } from "../../api/model";
import { describe as summary, explain, targets } from "./why";

const run = (id: string, params: Record<string, string>, metrics: Record<string, number>, tags: Record<string, string> = {}): Run => ({
  id, experimentId: "1", name: id, state: "FINISHED", startMs: 1, endMs: 2, user: "", parentId: null, isDeleted: false, deletedMs: null,
  artifactUri: "", tags, datasets: [], params,
  metrics: Object.fromEntries(Object.entries(metrics).map(([key, last]) => [key, { last, min: last, max: last, step: 0, timestampMs: 0, count: 1 }])),
});
const RUNS = [1, 2, 3, 4, 5, 6].map((i) =>
  run(String(i), { lr: String(i / 10), model: i > 3 ? "vit" : "cnn", fixed: "1" }, { "val/loss": 7 - i, rare: 1, ...(i === 1 ? { "val/accuracy": 0.9 } : {}) }, { team: i % 2 ? "a" : "b" }),
);

it("asks about metrics that most of the runs have and that differ", () => expect(targets(RUNS, "last")).toEqual(["val/loss"]));

it("ranks what separates the best from the rest, and says which way", () => {
  const why = explain(RUNS, "val/loss", "last");
  expect(why.ranked.map((r) => r.id)).toEqual(["6", "5", "4", "3", "2", "1"]);
  expect(why.nBest).toBe(2);
  expect(why.rows.map((row) => [row.key, row.better, row.best, row.rest])).toEqual([
    ["lr", "more", "0.6, 0.5", "around 0.3000 (0.1000 to 0.4000)"],
    ["model", "", "vit (2)", "cnn (3), vit"],
    ["tags.team", "", "b, a", "b (2), a (2)"],
  ]);
});

it("leaves out runs without a number", () =>
  expect(explain([...RUNS, run("7", {}, { "val/loss": Number.NaN })], "val/loss", "last").ranked).toHaveLength(6));

it("says what is missing", () => expect(summary([undefined, "a", "a"])).toBe("a (2), none"));
