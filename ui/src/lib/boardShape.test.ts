import { expect, it } from "vitest";
import { type Room, fittingShape, fixedShape } from "./boardShape";

const room = (width: number, height: number): Room => ({ width, height, leastWidth: 245, gap: 20, side: 16, sectionHead: 12, chartHead: 36 });

it.each([
  ["one chart on a laptop", [1], room(800, 560)],
  ["two charts on a laptop", [2], room(800, 560)],
  ["two charts on a wide screen", [2], room(1440, 860)],
  ["three charts on a wide screen", [3], room(1440, 860)],
  ["six charts on a wide screen", [6], room(1440, 860)],
  ["sections of four and two", [4, 2], room(1440, 860)],
])("fills most of the room with %s", (_, counts, at) => {
  const { columns, height } = fittingShape(counts, at);
  const rows = counts.reduce((sum, n) => sum + Math.ceil(n / columns), 0);
  const used = rows * (height + at.chartHead) + counts.length * at.sectionHead;
  expect(used).toBeLessThanOrEqual(at.height);
  expect(used).toBeGreaterThan(0.7 * at.height);
});

it("gives many charts all columns there is width for, and lets them scroll", () => {
  expect(fittingShape([40], room(1440, 860))).toEqual(fixedShape(room(1440, 860)));
});

it("has one column at least", () => {
  expect(fittingShape([], room(100, 50))).toEqual({ columns: 1, height: 170 });
});
