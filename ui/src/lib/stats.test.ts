import { expect, it } from "vitest";
import { explainedVariance, ranks, spearman, summarise, welch } from "./stats";

it("summarises and passes over NaN", () => {
  expect(summarise([1, 2, 3, Number.NaN])).toEqual({ n: 3, mean: 2, sd: 1, min: 1, max: 3 });
});

it("agrees with a worked example of Welch's test", () => {
  // A widely printed example: t = -2.4571, df = 24.99, p = 0.02129.
  const a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
  const b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 25.3];
  const p = welch(summarise(a), summarise(b));
  expect(p).toBeGreaterThan(0.001);
  expect(p).toBeLessThan(0.03);
  expect(welch(summarise([1, 2, 3]), summarise([1, 2, 3]))).toBeCloseTo(1, 6);
  expect(welch(summarise([1]), summarise([1, 2, 3]))).toBeNaN();
});

it("ranks with ties and correlates", () => {
  expect(ranks([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1]);
  expect(spearman([[1, 1], [2, 8], [3, 27]])).toBeCloseTo(1, 9);
  expect(spearman([[1, 3], [2, 2], [3, 1]])).toBeCloseTo(-1, 9);
});

it("finds the category that explains a target", () => {
  expect(explainedVariance(new Map([["a", [1, 1, 1]], ["b", [2, 2, 2]]]))).toBeCloseTo(1, 9);
  expect(explainedVariance(new Map([["a", [1, 2]], ["b", [1, 2]]]))).toBeCloseTo(0, 9);
});
