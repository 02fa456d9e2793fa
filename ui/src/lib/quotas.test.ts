import { expect, test } from "vitest";
import { limitText, ofLimit, readLimit, share, warnings } from "./quotas";

test.each([
  ["", false, null],
  [" none ", true, -1],
  ["500", false, 500],
  ["2.5", false, 2.5],
  ["5 GB", true, 5_000_000_000],
  ["2TiB", true, 2 * 1024 ** 4],
  ["100b", true, 100],
  ["5 GB", false, undefined],
  ["-3", false, undefined],
  ["many", true, undefined],
])("%j is read as a limit", (text, isSize, limit) => {
  expect(readLimit(text, isSize)).toBe(limit);
});

test("limits are written as they are read", () => {
  for (const limit of [null, -1, 0, 500]) expect(readLimit(limitText(limit))).toBe(limit);
});

test("what is used is told beside what may be", () => {
  expect(ofLimit(3, 5, String)).toBe("3 of 5");
  expect(ofLimit(3, -1, String)).toBe("3");
  expect([share(3, 6), share(9, 6), share(0, 0), share(1, -1)]).toEqual([0.5, 1, 1, null]);
});

test("who is near a limit is warned, and told what ends at it", () => {
  const told = (nRuns: number, nBytes: number, nPoints: number) =>
    warnings({ nRuns, nBytes, nPoints, limits: { maxRuns: 10, maxBytes: 1000, maxPoints: -1 } }).map(({ text, isFull }) => [text.split(".")[0], isFull]);
  expect(told(8, 899, 10 ** 9)).toEqual([]);
  expect(told(9, 0, 0)).toEqual([["90 % of the quota of runs is used", false]]);
  expect(told(9, 1200, 0)).toEqual([
    ["All space for files of the quota is used", true],
    ["90 % of the quota of runs is used", false],
  ]);
});
