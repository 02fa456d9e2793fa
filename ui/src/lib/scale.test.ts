import { expect, it } from "vitest";
import { makeScale, niceTicks } from "./scale";

const label = (value: number) => String(value);

it("takes numbers as numbers, also when they come as text", () => {
  const scale = makeScale(["1", "3", "2"], label);
  expect([scale.kind, scale.place("2"), scale.place(null)]).toEqual(["number", 0.5, Number.NaN]);
});

it("goes by powers of ten when values span them", () => {
  const scale = makeScale([0.0001, 0.01, 1], label);
  expect([scale.kind, scale.place(0.01)]).toEqual(["log", 0.5]);
  expect(scale.ticks.map((t) => t.label)).toEqual(["0.0001", "0.001", "0.01", "0.1", "1"]);
});

it("lines up names", () => {
  const scale = makeScale(["b", "a", "10"], label);
  expect([scale.kind, scale.place("a"), scale.place("unknown")]).toEqual(["names", 0.5, Number.NaN]);
});

it("chooses round ticks", () => {
  expect(niceTicks(0.03, 0.97, 4)).toEqual([0.25, 0.5, 0.75]);
  expect(niceTicks(0, 1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(niceTicks(0, 90, 4)).toEqual([0, 25, 50, 75]);
  expect(niceTicks(5, 5, 4)).toEqual([5]);
});
