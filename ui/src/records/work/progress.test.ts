import { expect, test } from "vitest";
import { isAllOver, partsOf, progressText, stateOfAll, totalOf } from "./progress";

test("what goes on says most, then what went wrong", () => {
  expect(stateOfAll({ running: 1, failed: 3, finished: 6 })).toBe("running");
  expect(stateOfAll({ failed: 1, finished: 9 })).toBe("failed");
  expect(stateOfAll({ finished: 10 })).toBe("finished");
});

test("progress is said in one line", () => {
  expect(progressText({ queued: 4, finished: 5, failed: 1 })).toBe("6 of 10 over, 1 failed");
  expect(progressText({ finished: 9, cancelled: 1 })).toBe("9 of 10 finished, 1 cancelled");
  expect(progressText({})).toBe("0 of 0 finished");
});

test("the parts of a bar are all jobs, those that are over first", () => {
  const states = { queued: 4, finished: 5, failed: 1 };
  expect(partsOf(states).map(([state]) => state)).toEqual(["finished", "failed", "queued"]);
  expect(partsOf(states).reduce((sum, [, n]) => sum + n, 0)).toBe(totalOf(states));
  expect([isAllOver(states), isAllOver({ lost: 1 })]).toEqual([false, true]);
});
