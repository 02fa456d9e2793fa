import { expect, it } from "vitest";
import { align } from "./align";

it("puts lines on one axis, with gaps only where a line has them", () => {
  const { x, ys } = align([{ x: [0, 2], y: [10, null] }, { x: [1, 2], y: [5, 6] }]);
  expect(x).toEqual([0, 1, 2]);
  expect(ys).toEqual([[10, undefined, null], [undefined, 5, 6]]);
});

it("keeps the number of places small when lines share none", () => {
  const lines = Array.from({ length: 50 }, (_, k) => ({
    x: Array.from({ length: 100 }, (_, i) => i * 1000 + k * 7.3),
    y: new Array<number>(100).fill(k),
  }));
  const { x, ys } = align(lines, 400);
  expect(x.length).toBeLessThanOrEqual(401);
  expect(x).toEqual([...x].sort((a, b) => a - b));
  expect(new Set(ys[7])).toEqual(new Set([7, undefined]));
});
