import { expect, it } from "vitest";
import { logTicks, padded, paddedLog } from "./ticks";

it.each([
  [0.001, 1000, 5, [0.01, 1, 100]],
  [1, 100, 9, [1, 2, 5, 10, 20, 50, 100]],
  [20, 60, 5, [20, 30, 40, 50, 60]],
  [1e-30, 1e30, 6, [1e-22, 1e-11, 1, 1e11, 1e22]],
])("puts ticks from %s to %s, about %s of them", (min, max, most, ticks) => expect(logTicks(min, max, most)).toEqual(ticks));

it("leaves room at the edges", () => {
  expect(padded(0, 100)).toEqual([-6, 106]);
  expect(padded(5, 5)).toEqual([4.5, 5.5]);
  expect(padded(Infinity, -Infinity)).toEqual([0, 1]);
  expect(paddedLog(10, 10)).toEqual([5, 20]);
  expect(paddedLog(1e-306, 1e15)[0]).toBeGreaterThan(0);
  expect(paddedLog(0, 5)).toEqual([0.1, 1]);
});
