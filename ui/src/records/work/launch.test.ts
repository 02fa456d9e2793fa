import { expect, test } from "vitest";
import { type EntryPoint, NEW_WORK } from "../../api/work/model";
import { changesOf, countRuns, problemsOf, worksOf } from "./launch";

const alpha = { name: "alpha", type: "float" as const, default: "0.5", environment: "", help: "", choices: [], minimum: 0, maximum: null, isSecret: false };
const entry: EntryPoint = { name: "main", command: "", help: "", parameters: [alpha, { ...alpha, name: "data", type: "path", default: null, minimum: null }] };
const launch = { work: { ...NEW_WORK, runName: "try" }, values: { alpha: "0..1 by 0.5", data: "/d", extra: "" }, varied: ["alpha"] };

test("a job comes of each combination, and empty fields take their defaults", () => {
  expect(countRuns(launch)).toBe(3);
  const works = worksOf(launch, "g1");
  expect(works.map((work) => [work.parameters, work.runName])).toEqual([
    [{ data: "/d", alpha: "0" }, "try 0"],
    [{ data: "/d", alpha: "0.5" }, "try 0.5"],
    [{ data: "/d", alpha: "1" }, "try 1"],
  ]);
  expect(works[0]?.tags).toEqual({ "runfold.grid": "g1" });
  expect(worksOf({ ...launch, varied: [] }, "g1")[0]?.tags).toEqual({});
});

test("a parameter that is emptied is left out of a run that is had again", () => {
  const again = { ...launch, values: { alpha: "", data: "/d" }, varied: [], before: { alpha: "0.1", data: "/d" } };
  expect(worksOf(again, "").map(({ parameters, without }) => [parameters, without])).toEqual([[{ data: "/d" }, ["alpha"]]]);
  expect(worksOf({ ...again, before: undefined }, "")[0]?.without).toEqual([]);
});

test("what is wrong is said at its parameter", () => {
  expect(problemsOf(launch, entry)).toEqual({});
  expect(Object.keys(problemsOf({ ...launch, values: { alpha: "-1, 2" } }, entry))).toEqual(["alpha", "data"]);
  expect(problemsOf({ ...launch, values: { alpha: "", data: "/d" } }, entry)["alpha"]).toContain("values to try");
});

test("changes are told with what was before", () => {
  expect(changesOf({ a: "1", b: "x" }, { a: "1", b: "y" })).toEqual([["b", "y", "x"]]);
});
