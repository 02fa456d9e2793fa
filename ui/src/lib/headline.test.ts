import { expect, it } from "vitest";
import { headlineMetrics, keepHeadline } from "./headline";

it("prefers held-out quality that varies over incidental numbers", () => {
  const facts = [
    { key: "lr", nRuns: 100, variation: 1 },
    { key: "system/cpu", nRuns: 100, variation: 1 },
    { key: "train/loss", nRuns: 100, variation: 0.8 },
    { key: "val/accuracy", nRuns: 100, variation: 0.8 },
    { key: "val/loss", nRuns: 10, variation: 0.8 },
    { key: "constant_score", nRuns: 100, variation: 0 },
    { key: "layer_1/grad_norm", nRuns: 60, variation: 0.9 },
  ];
  expect(headlineMetrics(facts, 3)).toEqual(["val/accuracy", "train/loss", "val/loss"]);
});

it("does not take the end of a word for a measure of quality", () =>
  expect(headlineMetrics([{ key: "layer2/w1", nRuns: 4, variation: 1 }, { key: "val_r2", nRuns: 4, variation: 1 }], 2)).toEqual(["val_r2", "layer2/w1"]));

it("shows what a first run has, where nothing varies yet", () => {
  expect(headlineMetrics([{ key: "loss", nRuns: 1, variation: 0 }, { key: "system/cpu", nRuns: 1, variation: 0 }], 3)).toEqual(["loss"]);
  expect(headlineMetrics([{ key: "loss", nRuns: 2, variation: 0 }], 3)).toEqual([]);
});

it("keeps what is shown where it is", () => {
  expect(keepHeadline([], ["a", "b", "c"], 2)).toEqual(["a", "b"]);
  expect(keepHeadline(["b"], ["a", "b", "c"], 3)).toEqual(["b", "a", "c"]);
  expect(keepHeadline(["b", "x"], ["a"], 2)).toEqual(["b", "x"]);
});

it("leaves out what hardly any run has", () => {
  const facts = [{ key: "val/loss", nRuns: 1000, variation: 1 }, { key: "layer7/weight", nRuns: 8, variation: 1 }];
  expect(headlineMetrics(facts, 3)).toEqual(["val/loss"]);
});
