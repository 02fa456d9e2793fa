import { expect, it } from "vitest";
import { headOfDocument, headOfRows } from "./table";

it("knows columns of numbers by their values, gaps allowed", () => {
  const head = headOfRows([["name", "score", "empty"], ["cat", "0.8", ""], ["dog", "", ""]], 2);
  expect(head.columns.map((column) => column.isNumber)).toEqual([false, true, false]);
});

it("bears a table of nothing", () => {
  expect(headOfRows([], 0)).toEqual({ columns: [], rows: [], nRows: 0, nColumns: 0 });
});

it("finds the table that log_table writes, and none in other documents", () => {
  const head = headOfDocument({ columns: ["digit", "guess"], data: [[8, "3"], [null, { a: 1 }]] }, 1);
  expect(head?.columns.map((column) => [column.name, column.isNumber])).toEqual([["digit", true], ["guess", false]]);
  expect([head?.rows, head?.nRows]).toEqual([[["8", "3"]], 2]);
  for (const other of [null, 1, [], { columns: 3, data: [] }, { columns: ["a"], data: [1] }]) expect(headOfDocument(other, 9)).toBeNull();
});

it("shows no more columns than a page can hold, and says how many there are", () => {
  const names = Array.from({ length: 100_000 }, (_, at) => `c${at}`);
  expect([headOfRows([names, names], 1), headOfDocument({ columns: names, data: [names] }, 10)].map((head) => [head?.columns.length, head?.nColumns])).toEqual([
    [200, 100_000],
    [200, 100_000],
  ]);
});
