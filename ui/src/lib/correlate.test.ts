import { expect, it } from "vitest";
import { asNumbers, correlate } from "./correlate";

it("takes text that is a number for one, and names for none", () => {
  expect(asNumbers(["1", null, 2])).toEqual([1, Number.NaN, 2]);
  expect([asNumbers(["a", "1"]), asNumbers([null, null])]).toEqual([null, null]);
});

it("correlates what varies, pair by pair over the runs that have both", () => {
  const found = correlate([["lr", ["1", "2", "3", "4"]], ["loss", [4, 3, 2, null]], ["same", [1, 1, 1, 1]], ["name", ["a", "b", "c", "d"]]]);
  expect(found).toEqual({ labels: ["lr", "loss"], values: [[1, -1], [-1, 1]], n: [[4, 3], [3, 3]] });
});
