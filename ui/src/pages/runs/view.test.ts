import { expect, it } from "vitest";
import { fullFilter, neededKeys, nextSort, orderBy, readView, typedPosition, writeColumns, writeHidden } from "./view";

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
  const view = { filter: "a = 1 OR b = 2", withArchived: false, hidden: [] };
  expect(fullFilter(view)).toBe('(a = 1 OR b = 2) AND tags."runfold.archived" IS NULL');
  expect(fullFilter({ ...view, filter: "", withArchived: true })).toBe("");
  expect(typedPosition(4, view)).toBe(3);
  expect(typedPosition(99, { ...view, withArchived: true })).toBe(14);
});

it("leaves out the runs that the address hides", () => {
  const view = { ...readView(writeHidden(["a1", "b2"])), filter: "x = 1", withArchived: true };
  expect(fullFilter(view)).toBe("(x = 1) AND run_id NOT IN ('a1', 'b2')");
  expect(fullFilter({ ...view, filter: "" })).toBe("run_id NOT IN ('a1', 'b2')");
  expect(typedPosition(1, view)).toBe(0);
});

it("asks only for the keys that are shown", () => {
  expect(neededKeys(["state", "metrics.loss", "metrics.loss.min", "params.lr", "tags.team"])).toMatchObject({
    metrics: ["loss"],
    params: ["lr"],
  });
});
