import { expect, it } from "vitest";
import { fromMlflowHash, readQuery, writeQuery } from "./query";

it("keeps any text and leaves out what is empty", () => {
  const query = { q: "metrics.loss < 0.1 AND params.a = 'x & y'", cols: "metrics.loss,params.lr", sort: "", tab: undefined };
  const text = writeQuery(query);
  expect(text).toContain("cols=metrics.loss,params.lr");
  expect(readQuery(text)).toEqual({ q: query.q, cols: query.cols });
});

it.each([
  ["#/experiments/12/runs/abc", "/runs/abc"],
  ["#/experiments/12?view=x", "/experiments/12"],
  ["#/models/iris/versions/3", "/models/iris/3"],
  ["#/models/iris", "/models/iris"],
  ["#/models", "/models"],
  ["#/", "/experiments"],
  ["#section", null],
])("turns %s into %s", (hash, path) => expect(fromMlflowHash(hash)).toBe(path));
