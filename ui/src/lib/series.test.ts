import { expect, it } from "vitest";
import { band, interpolate, smooth } from "./series";

it("leaves a constant line alone and damps a jumpy one", () => {
  expect(smooth([0, 1, 2], [5, 5, 5], 0.9)).toEqual([5, 5, 5]);
  const jumpy = smooth([0, 1, 2, 3], [0, 1, 0, 1], 0.5) as number[];
  expect(Math.max(...jumpy) - Math.min(...jumpy)).toBeLessThan(1);
});

it("keeps NaN where it was and does not spread it", () => {
  const smoothed = smooth([0, 1, 2], [1, Number.NaN, 1], 0.9);
  expect(smoothed).toEqual([1, Number.NaN, 1]);
});

it("draws the mean of a group where its lines overlap", () => {
  const group = band([{ x: [0, 5, 10], y: [0, 5, 10] }, { x: [0, 10], y: [2, 12] }]);
  expect(group).toMatchObject({ x: [0, 5, 10], mean: [1, 6, 11], n: [2, 2, 2] });
  expect(group.high[0]! - group.low[0]!).toBeCloseTo(2 * Math.SQRT2);
  expect(interpolate([0, 10], [0, 10], 11)).toBeNaN();
});

it("spreads the places of a group evenly where its lines have more than can be drawn", () => {
  const x = Array.from({ length: 1001 }, (_, at) => at);
  const group = band([{ x, y: x, other: x.map((at) => at * 2) }], 11);
  expect(group.x).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  expect(group.other[3]).toBe(600);
});
