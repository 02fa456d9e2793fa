import { expect, it } from "vitest";
import { contourLines, smoothSurface, surfaceAt } from "./surface";

const slope = Array.from({ length: 121 }, (_, i) => ({ x: (i % 11) / 10, y: Math.floor(i / 11) / 10, value: i % 11 }));

it("follows the points and leaves out places that none is near", () => {
  const surface = smoothSurface(slope, 11);
  expect(surface.values[5]).toBeCloseTo(5, 1);
  const corner = smoothSurface([{ x: 0, y: 0, value: 1 }], 11);
  expect([corner.values[0], corner.values[120]]).toEqual([1, Number.NaN]);
});

it("draws a level where the surface has it", () => {
  const lines = contourLines(smoothSurface(slope, 11), 5);
  expect(lines.length).toBeGreaterThan(8);
  for (const [[x]] of lines) expect(x).toBeCloseTo(0.5, 1);
});

it("has no line for a level beyond the surface, and none without points", () => {
  expect(contourLines(smoothSurface(slope, 11), 99)).toEqual([]);
  expect(contourLines(smoothSurface([], 5), 0)).toEqual([]);
});

it("is bilinear between its places and has nothing beside a hole", () => {
  const surface = { n: 2, values: [0, 10, 20, 30], low: 0, high: 30 };
  expect(surfaceAt(surface, 0.5, 0.5)).toBe(15);
  expect(surfaceAt(surface, 1, 1)).toBe(30);
  expect(surfaceAt({ ...surface, values: [0, Number.NaN, 20, 30] }, 0.5, 0.5)).toBeNaN();
});
