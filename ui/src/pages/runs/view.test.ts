import { expect, it } from "vitest";
import { fullFilter, neededKeys, nextSort, orderBy, readView, typedPosition, writeColumns } from "./view";

it("reads what it wrote", () => {
  const columns = ["state", 'metrics."a,b"', "params.lr"];
  expect(readView(writeColumns(columns)).columns).toEqual(columns);
  expect(readView(writeColumns([])).columns).toEqual([]);
  expect(readView({}).columns).toBeNull();
});

it("sorts best first, then the other way, then not at all", () => {
  expect(nextSort("", "metrics.loss", true)).toBe("metrics.loss");
  expect(nextSort("metrics.loss", "metrics.loss", true)).toBe("-metrics.loss");
  expect(nextSort("-metrics.loss", "metrics.loss", true)).toBe("");
  expect(nextSort("metrics.loss", "metrics.acc", false)).toBe("-metrics.acc");
  expect(orderBy("-metrics.acc")).toEqual(["metrics.acc DESC"]);
});

it("hides archived runs without moving the mark of an error", () => {
  expect(fullFilter("a = 1 OR b = 2", false)).toBe('(a = 1 OR b = 2) AND tags."runfold.archived" IS NULL');
  expect(fullFilter("", true)).toBe("");
  expect(typedPosition(4, "a = x", false)).toBe(3);
  expect(typedPosition(99, "a = x", true)).toBe(5);
});

it("asks only for the keys that are shown", () => {
  expect(neededKeys(["state", "metrics.loss", "metrics.loss.min", "params.lr", "tags.team"])).toMatchObject({
    metrics: ["loss"],
    params: ["lr"],
  });
});
