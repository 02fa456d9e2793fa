import { expect, it } from "vitest";
import type { RunInfo } from "../../api/model";
import { rowKey, trashRows } from "./trashRows";

const run = (id: string, experimentId: string, deletedMs: number): RunInfo => ({
  id, experimentId, name: id, state: "FINISHED", startMs: 1, endMs: 2, user: "", parentId: null, isDeleted: true, deletedMs, artifactUri: "",
});
const PAGES = [
  { experiments: [{ id: "e", name: "gone", deletedMs: 50 }], runs: [run("alone", "live", 90), run("in-1", "e", 50)], nextCursor: "x" },
  { experiments: [], runs: [run("in-2", "e", 50), run("old", "live", 10)], nextCursor: "" },
];

it("keeps runs with the experiment they went with, the latest first", () => {
  const { rows } = trashRows(PAGES, new Set());
  expect(rows.map(rowKey)).toEqual(["run/alone", "experiment/e", "run/old"]);
  expect(rows[1]).toMatchObject({ nRuns: 2, isOpen: false });
});

it("shows the runs of an open experiment, which cannot be chosen by themselves", () => {
  const { rows, top } = trashRows(PAGES, new Set(["e"]));
  expect(rows.map(rowKey)).toEqual(["run/alone", "experiment/e", "run/in-1", "run/in-2", "run/old"]);
  expect(top.map(rowKey)).toEqual(["run/alone", "experiment/e", "run/old"]);
});

it("is empty before the first answer", () => expect(trashRows([], new Set())).toEqual({ rows: [], top: [] }));
