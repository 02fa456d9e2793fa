import { describe, expect, it } from "vitest";
import { fieldText } from "../field";
import { completionPoint, splitTopLevelAnd } from "./complete";
import { matches } from "./evaluate";
import { facetValues, setFacet } from "./facets";
import { parseFilter } from "./parser";

const RUN: Record<string, string | number> = {
  status: "FINISHED",
  "metrics.loss": 0.2,
  "metrics.loss.min": 0.1,
  'metrics."val loss"': 0.3,
  "params.lr": "0.01",
  "params.model": "ResNet-50",
  "tags.team": "vision",
  "tags.said": "it's",
};

function fits(filter: string): boolean {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.expr === null || matches(parsed.expr, (f) => RUN[fieldText(f)]);
}

describe("a filter", () => {
  it.each([
    "",
    "metrics.loss < 0.25",
    "metrics.loss.min <= 0.1 AND status = 'FINISHED'",
    "metrics.loss > 1 or params.lr = 0.01",
    "NOT (metrics.loss > 1 OR tags.team = 'nlp')",
    "params.model LIKE 'Res%' and params.model ilike 'resnet-__'",
    "params.lr BETWEEN 0.001 AND 0.1 AND tags.team IN ('vision', 'nlp')",
    "params.missing IS NULL AND params.lr IS NOT NULL",
    'metrics."val loss" = 0.3 AND metrics.`val loss` < 1e3',
    "tags.said = 'it''s'",
  "params.model NOT IN ('a') AND params.model NOT LIKE 'b%'",
  ])("%j fits", (filter) => expect(fits(filter)).toBe(true));

  it.each([
    "metrics.loss < 0.1",
    "params.missing != 'x'",
    "params.model = 'resnet-50'",
    "params.lr NOT BETWEEN 0 AND 1",
  ])("%j does not fit", (filter) => expect(fits(filter)).toBe(false));
});

it.each([
  ["metrics.loss <", 14, "A value should follow: a number, or text in quotes"],
  ["status = FINISHED", 9, "Put text in quotes: 'FINISHED'"],
  ["(metrics.loss < 1", 17, "A closing bracket is missing"],
  ["metrics.loss < 1 status = 'x'", 17, "AND or OR is missing before this"],
  ["metrics. < 1", 8, "The name of the key is missing"],
  ["status = 'FIN", 9, "The quote is not closed"],
  ["metrics.loss ~ 1", 13, "An operator should follow, such as =, <, LIKE, IN or IS NULL"],
])("%j fails at character %d", (filter, start, message) => {
  const parsed = parseFilter(filter);
  expect(parsed.ok ? null : [parsed.error.start, parsed.error.message]).toEqual([start, message]);
});

it.each([
  ["", { want: "field" }, ""],
  ["metr", { want: "field" }, "metr"],
  ["metrics.lo", { want: "field" }, "metrics.lo"],
  ["metrics.loss ", { want: "operator" }, ""],
  ["metrics.loss < ", { want: "value" }, ""],
  ["params.model = 'res", { want: "value" }, "res"],
  ["params.model IN ('a', 'b", { want: "value" }, "b"],
  ["status = 'x' ", { want: "joiner" }, ""],
  ["status = 'x' AND m", { want: "field" }, "m"],
  ["params.lr BETWEEN 1 AND ", { want: "value" }, ""],
])("completes %j", (text, wanted, prefix) => {
  const point = completionPoint(text, text.length);
  expect(point.expectation).toMatchObject(wanted);
  expect(point.prefix).toBe(prefix);
});

it("splits at the outer ANDs only", () => {
  expect(splitTopLevelAnd("a BETWEEN 1 AND 2 AND (b = 1 OR c = 2)")).toEqual(["a BETWEEN 1 AND 2", "(b = 1 OR c = 2)"]);
  expect(splitTopLevelAnd("a = 1 OR b = 2")).toEqual(["(a = 1 OR b = 2)"]);
});

describe("a facet", () => {
  it("writes and reads the same text as a person would", () => {
    const one = setFacet("metrics.loss < 1", "params.model", ["vit"]);
    expect(one).toBe("metrics.loss < 1 AND params.model = 'vit'");
    const two = setFacet(one, "params.model", ["vit", "it's"]);
    expect(two).toBe("metrics.loss < 1 AND params.model IN ('vit', 'it''s')");
    expect(facetValues(two, "params.model")).toEqual(["vit", "it's"]);
    expect(setFacet(two, "params.model", [])).toBe("metrics.loss < 1");
  });

  it("leaves the rest of a filter with OR alone", () => {
    expect(setFacet("a = 1 OR b = 2", "state", ["FAILED"])).toBe("(a = 1 OR b = 2) AND state = 'FAILED'");
    expect(facetValues("params.lr = 0.1", "params.lr")).toEqual(["0.1"]);
    expect(facetValues("broken (", "state")).toEqual([]);
  });
});
