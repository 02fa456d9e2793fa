import { expect, it } from "vitest";
import type { KeyStats } from "../../api/model";
import { completionPoint } from "../../lib/filter/complete";
import { complete, keyText } from "./completions";

const stats = (kind: KeyStats["kind"], key: string): KeyStats => ({
  kind, key, nRuns: 3, nDistinct: 2, variation: 1, min: null, max: null, examples: ["a"],
});
const offered = (text: string, found: KeyStats[] = [], values: [string, number][] = []) =>
  complete(completionPoint(text, text.length), found, values).map((option) => option.insert);

it("offers keys of the kind that was typed", () => {
  const found = [stats("metric", "loss"), stats("param", "loss weight")];
  expect(offered("params.lo", found)).toEqual(['params."loss weight" ']);
  expect(offered("lo", found)).toEqual(["metrics.loss ", 'params."loss weight" ']);
  expect(offered("par", found)).toEqual(['params."loss weight" ']);
  expect(["params.lo", "par", "pa"].map((text) => keyText(completionPoint(text, text.length)))).toEqual(["lo", "", "pa"]);
});

it("offers values as the language writes them", () => {
  expect(offered("params.lr = ", [], [["0.1", 3]])).toEqual(["0.1 "]);
  expect(offered("params.who = 'it", [], [["it's", 1]])).toEqual(["'it''s' "]);
  expect(offered("state = 'FA")).toEqual(["'FAILED' "]);
});

it("offers operators that fit the field", () => {
  expect(offered("metrics.loss ")).toContain("< ");
  expect(offered("tags.team ")).not.toContain("< ");
  expect(offered("tags.team ")).toContain("IN (");
});
