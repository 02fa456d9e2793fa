import { expect, test } from "vitest";
import { denialOf, denialOfSome, rightsOf } from "./denials";

test("each role has what those before it have", () => {
  const may = (role: "none" | "reader" | "contributor" | "manager") => {
    const { edit, manage } = rightsOf("experiment:1", { role, begins: false });
    return [edit === null, manage === null];
  };
  expect([may("none"), may("reader"), may("contributor"), may("manager")]).toEqual([
    [false, false],
    [false, false],
    [true, false],
    [true, true],
  ]);
  expect(rightsOf("workspace:default", { role: "none", begins: true }).begin).toBeNull();
  expect(rightsOf("workspace:vision", { role: "reader", begins: false }).begin?.short).toBe("needs contributor");
});

test("a denial names the role that is missing, and who can grant it", () => {
  const told = (record: string) => denialOf(record, "reader", "manager").text;
  expect(told("experiment:1")).toBe("You are a reader here. This needs the role manager: who manages the experiment, or an administrator, can grant it.");
  expect(told("workspace:vision/model:churn")).toBe("You are a reader here. This needs the role manager: who manages the model, or an administrator, can grant it.");
  expect(told("dataset:digits")).toBe("You are a reader here. This needs the role manager: who manages the dataset, or an administrator, can grant it.");
  expect(told("workspace:vision/dataset:digits")).toBe(told("dataset:digits"));
  expect(told("folder:team")).toBe("You are a reader on the folder team. This needs the role manager: who manages the folder team, or an administrator, can grant it.");
  expect(told("everything")).toBe("You are a reader on everything. This needs the role manager: an administrator can grant it.");
  expect(told("job:1")).toContain("who manages its project, or an administrator,");
  expect(denialOf("workspace:vision", "none", "contributor").text).toMatch(/^You have no role on the workspace vision\./);
});

test("of many records it says which ones are not for who sits here", () => {
  const denied = denialOf("experiment:1", "reader", "contributor");
  expect(denialOfSome([["a", null]], "runs")).toBeNull();
  expect(denialOfSome([["a", denied]], "runs")).toBe(denied);
  expect(denialOfSome([["a", denied], ["b", null]], "runs")?.text).toMatch(/^Not possible for 1 of 2 runs: “a”\. You are a reader here/);
  expect(denialOfSome(["a", "b", "c", "d", "e"].map((name) => [name, denied] as const), "runs")?.text).toContain("all 5 runs: “a”, “b”, “c” and 2 more.");
});
