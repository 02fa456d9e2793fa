import { expect, it } from "vitest";
import type { Series } from "../api/model";
import { againstMetric, groupLines, metricLines, runLines } from "./chartLines";

const series = (runId: string, key: string, mean: (number | null)[], nPoints = mean.length): Series => ({
  runId, key, nPoints, x: mean.map((_, i) => i * 10), other: mean.map((_, i) => 1000 + i), mean, min: mean, max: mean, last: mean, nNan: mean.map((y) => (y === null ? 1 : 0)),
});
const RUNS = [{ id: "a", name: "A", startMs: 5 }, { id: "b", name: "B", startMs: 0 }];
const STYLE = { axis: "step" as const, smoothing: 0, colourOf: () => "#000000" };

it("draws a line for each run that has the metric, and marks NaN", () => {
  const [line, ...rest] = runLines([series("a", "loss", [1, null, 3])], RUNS, STYLE);
  expect(rest).toEqual([]);
  expect(line).toMatchObject({ id: "a", label: "A", x: [0, 10, 20], y: [1, null, 3], nanX: [10], raw: undefined, low: undefined, other: [1000, 1001, 1002] });
});

it("keeps the extremes of a reduced series", () => {
  expect(runLines([series("a", "loss", [1, 2], 5000)], RUNS, STYLE)[0]?.low).toEqual([1, 2]);
});

it("measures relative time from the start of the run", () => {
  expect(runLines([series("a", "loss", [1, 2])], RUNS, { ...STYLE, axis: "relative" })[0]?.x).toEqual([-5, 5]);
});

it("draws a group as its mean", () => {
  const groups = [{ id: "g", label: "vit", runIds: ["a", "b"] }];
  const [line] = groupLines([series("a", "loss", [1, 3]), series("b", "loss", [3, 5])], RUNS, groups, STYLE);
  expect(line?.label).toBe("vit (2)");
  expect([line?.y[0], line?.y.at(-1)]).toEqual([2, 4]);
});

it("joins two metrics by step", () => {
  const [joined] = againstMetric([series("a", "loss", [3, 2, 1]), series("a", "tokens", [5, null, 9])], "tokens", "loss");
  expect(joined).toMatchObject({ x: [5, 9], other: [0, 20], mean: [3, 1] });
});

it("says where a series is infinite, and where a mean of steps lies in time", () => {
  const up: Series = { ...series("a", "loss", [1, null, 3]), max: [1, Infinity, 3], nNan: [0, 0, 0] };
  expect(runLines([up], RUNS, STYLE)[0]).toMatchObject({ nanX: [], aboveX: [10], belowX: [] });
  const groups = [{ id: "g", label: "vit", runIds: ["a"] }];
  expect(groupLines([up], RUNS, groups, { ...STYLE, axis: "relative" })[0]).toMatchObject({ other: [1000, 1001, 1002], n: [1, 0, 1] });
});

it("tells metrics of one picture by their strokes, and those of a single run by their colours", () => {
  const lines = (metric: string, ids: string[]) => ({ metric, lines: runLines(ids.map((id) => series(id, metric, [1, 2])), RUNS, STYLE) });
  const two = metricLines([lines("loss", ["a", "b"]), lines("acc", ["a", "b"])], () => "#ffffff");
  expect(two.map((line) => [line.key, line.label, line.dash?.length])).toEqual([["0/a", "A, loss", undefined], ["0/b", "B, loss", undefined], ["1/a", "A, acc", 2], ["1/b", "B, acc", 2]]);
  const one = metricLines([lines("loss", ["a"]), lines("acc", ["a"])], (at) => `#00000${at}`);
  expect(one.map((line) => [line.label, line.colour, line.dash])).toEqual([["loss", "#000000", undefined], ["acc", "#000001", undefined]]);
});
