import { expect, it } from "vitest";
import { paramImportance } from "./importance";

const OBSERVATIONS = Array.from({ length: 40 }, (_, i) => ({
  params: { lr: String(i / 40), model: i % 2 ? "a" : "b", seed: String(i % 5), fixed: "1", id: `run-${i}` },
  value: 3 * (i / 40) + (i % 2),
}));

it("ranks what moves the metric, and leaves out what cannot", () => {
  const found = paramImportance(OBSERVATIONS);
  expect(found.map((f) => f.key)).toEqual(["lr", "model", "seed"]);
  expect(found[0]?.share).toBeGreaterThan(0.5);
  expect(found[0]?.correlation).toBeGreaterThan(0.8);
  expect(found[2]?.share).toBeLessThan(0.1);
});

it("has nothing to say about few runs", () => {
  expect(paramImportance(OBSERVATIONS.slice(0, 3))).toEqual([]);
});

it("judges numbers that hardly repeat by their ranks", () => {
  const few = [1, 2, 3, 4, 5].map((lr) => ({ params: { lr: String(lr), name: `run-${lr}` }, value: lr ** 3 }));
  expect(paramImportance(few)).toEqual([{ key: "lr", share: expect.closeTo(1), measure: "ranks", correlation: expect.closeTo(1), n: 5 }]);
});
