import { expect, it } from "vitest";
import { nestKeys } from "./nesting";

it("shows shared beginnings once and joins lone branches", () => {
  const rows = nestKeys([["optimizer.lr", "0.1"], ["optimizer.name", "sgd"], ["data.loader.workers", "8"], ["seed", "1"]]);
  expect(rows.map((r) => [r.depth, r.label, r.value])).toEqual([
    [0, "optimizer", undefined],
    [1, "lr", "0.1"],
    [1, "name", "sgd"],
    [0, "data.loader.workers", "8"],
    [0, "seed", "1"],
  ]);
});

it("keeps a key that is a branch and a value, and keys that differ only in separators", () => {
  const rows = nestKeys([["model", "vit"], ["model.width", "3"], ["a/b", "1"], ["a.b", "2"]]);
  expect(rows.map((r) => [r.label, r.value])).toEqual([["model", "vit"], ["width", "3"], ["a.b", "1"], ["a.b", "2"]]);
});
