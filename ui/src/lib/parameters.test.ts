import { expect, test } from "vitest";
import { defaultText, gridOf, listValues, parameterProblem } from "./parameters";

const rules = { name: "alpha", type: "float" as const, default: null, environment: "", help: "penalty", choices: [], minimum: 0, maximum: 1, isSecret: false };

test.each([
  ["0.5", ""],
  [" 1e-3", ""],
  ["", "Parameter 'alpha' (penalty) is missing: give a float."],
  ["much", "Parameter 'alpha' is 'much'; it takes a float."],
  ["2", "Parameter 'alpha' is '2'; it takes a number from 0 to 1."],
  ["nan", "Parameter 'alpha' is 'nan'; it takes a number from 0 to 1."],
])("the value %j of a bounded number: %s", (value, problem) => {
  expect(parameterProblem(rules, value)).toBe(problem);
});

test("types, choices and secrets are checked as the command line does", () => {
  expect(parameterProblem({ ...rules, type: "int", minimum: null, maximum: null }, "1.5")).toBe("Parameter 'alpha' is '1.5'; it takes an int.");
  expect(parameterProblem({ ...rules, type: "bool", minimum: null, maximum: null }, "YES")).toBe("");
  expect(parameterProblem({ ...rules, type: "string", minimum: null, maximum: null, choices: ["a", "b"] }, "c")).toBe("Parameter 'alpha' is 'c'; it takes 'a', 'b'.");
  expect(parameterProblem({ ...rules, isSecret: true }, "hunter2")).not.toContain("hunter2");
  expect(parameterProblem({ ...rules, default: "0.5" }, "")).toBe("");
});

test("a long value is not repeated whole", () => {
  expect(parameterProblem(rules, "9".repeat(5000)).length).toBeLessThan(140);
});

test.each([
  ["0.5", "RATE", "$RATE where it runs, or 0.5"],
  [null, "RATE", "$RATE where it runs"],
  ["0.5", "", "0.5"],
  ["", "", "nothing"],
  [null, "", ""],
])("default %j and variable %j: %s", (value, environment, text) => {
  expect(defaultText({ default: value, environment })).toBe(text);
});

test.each([
  ["0.1, 0.2 ,0.1", ["0.1", "0.2"]],
  ["1..3", ["1", "2", "3"]],
  ["0..0.3 by 0.1", ["0", "0.1", "0.2", "0.3"]],
  ["0.001..1 x 10", ["0.001", "0.01", "0.1", "1"]],
  ["0..1 in 5", ["0", "0.25", "0.5", "0.75", "1"]],
  ["a, 1..2", ["a", "1", "2"]],
  ["", []],
  ["3..1", null],
  ["0..1e9", null],
  ["0..1 x 10", null],
])("%j stands for %j", (text, values) => {
  expect(listValues(text)).toEqual(values);
});

test("a grid has every combination", () => {
  expect(gridOf({ a: ["1", "2"], b: ["x", "y"] })).toEqual([
    { a: "1", b: "x" },
    { a: "1", b: "y" },
    { a: "2", b: "x" },
    { a: "2", b: "y" },
  ]);
});
