import { expect, it } from "vitest";
import { logAgainScript, pythonFloat, pythonParam } from "./python";

it.each([
  ["0.001", "0.001"],
  ["-3", "-3"],
  ["1e-05", '"1e-05"'],
  ["007", '"007"'],
  ["True", "True"],
  ["adam", '"adam"'],
  ['a "quoted"\nname', '"a \\"quoted\\"\\nname"'],
  ["", '""'],
])("writes the param %s as %s", (text, python) => expect(pythonParam(text)).toBe(python));

it("writes numbers that JSON has no word for", () =>
  expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5].map(pythonFloat)).toEqual([
    'float("nan")', 'float("inf")', 'float("-inf")', "0.5",
  ]));

it("logs a run like the one shown", () => {
  const run = {
    name: 'a"b', experiment: "vision/cifar", params: { lr: "0.1", model: "vit" }, tags: [["team", "core"]] as const,
    metrics: [["loss", { last: Number.NaN, step: 9 }]] as const,
  };
  expect(logAgainScript(run, "http://127.0.0.1:5000")).toBe(`import runfold

runfold.set_tracking_uri("http://127.0.0.1:5000")
runfold.set_experiment("vision/cifar")
with runfold.start_run(run_name="a\\"b", tags={
    "team": "core",
}):
    runfold.log_params({
        "lr": 0.1,
        "model": "vit",
    })
    runfold.log_metric("loss", float("nan"), step=9)`);
});

it("is a whole script for a run without anything", () =>
  expect(logAgainScript({ name: "n", experiment: "e", params: {}, tags: [], metrics: [] }, "s").split("\n").at(-1)).toBe("    pass"));
