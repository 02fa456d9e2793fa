import { expect, it } from "vitest";
import { readPredictions } from "./predictions";

it("makes a table of values, rows and records", () => {
  expect(readPredictions('{"predictions": [1, "a", null]}')).toEqual({ columns: ["prediction"], rows: [["1"], ["a"], ["null"]] });
  expect(readPredictions('{"predictions": [[0.1, 0.9], [1]]}')).toEqual({ columns: ["0", "1"], rows: [["0.1", "0.9"], ["1", ""]] });
  expect(readPredictions('[{"y": 1}, {"y": 2, "p": [1]}]')).toEqual({ columns: ["y", "p"], rows: [["1", ""], ["2", "[1]"]] });
});

it("leaves anything else alone", () => {
  expect(["{}", "null", "no", '{"predictions": []}', '{"predictions": {"a": 1}}'].map(readPredictions)).toEqual([null, null, null, null, null]);
});
