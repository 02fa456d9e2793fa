import { expect, test } from "vitest";
import { type Ability, BUILT_IN } from "../../api/accounts/abilities";
import { ACTS, type Act } from "./acts";
import { denialOf, denialOfSome, rightsOf } from "./denials";

const of = (role: string) => BUILT_IN.get(role) ?? [];

test("each built-in role may do what those before it may, and more", () => {
  const may = (role: string) => {
    const { to } = rightsOf("experiment:1", { abilities: of(role), begins: false });
    return (Object.keys(ACTS) as Act[]).filter((act) => to(act) === null);
  };
  const [none, reader, contributor, manager] = ["none", "reader", "contributor", "manager"].map(may);
  expect(none).toEqual([]);
  expect(reader).toEqual([]);
  expect(contributor).toContain("changeRun");
  expect(contributor).not.toContain("deleteModel");
  expect(manager).toEqual(Object.keys(ACTS));
});

test("who may promote beside reading moves aliases, and nothing else of a model", () => {
  const { to } = rightsOf("model:churn", { abilities: ["read", "promote"], begins: false });
  expect((Object.keys(ACTS) as Act[]).filter((act) => to(act) === null)).toEqual(["reviewPromotion", "mergePromotion", "moveAliases", "setStage"]);
  expect(to("changeModel")).toEqual({
    short: "needs contributor",
    text: "You may read and promote here. This needs the role contributor, or another one that can register: who manages the model, or an administrator, can grant it.",
  });
});

test("where nothing is granted, something of one's own may be begun if the server says so", () => {
  const here = (abilities: readonly Ability[], begins: boolean) => rightsOf("workspace:default", { abilities, begins });
  expect(here([], true).to("createExperiment")).toBeNull();
  expect(here([], false).to("createModel")?.short).toBe("needs contributor");
  expect(here(["read"], true).to("createModel")?.short).toBe("needs contributor");
  expect([here(["read", "register"], true).to("createModel"), here(["read", "register"], true).to("createExperiment")?.short]).toEqual([null, "needs contributor"]);
});

test("a denial names the ability that is missing, the usual role for it, and who can grant it", () => {
  const told = (record: string) => denialOf(record, of("reader"), "delete").text;
  const needs = "This needs the role manager, or another one that can delete";
  expect(told("experiment:1")).toBe(`You are a reader here. ${needs}: who manages the experiment, or an administrator, can grant it.`);
  expect(told("workspace:vision/model:churn")).toBe(`You are a reader here. ${needs}: who manages the model, or an administrator, can grant it.`);
  expect(told("dataset:digits")).toBe(`You are a reader here. ${needs}: who manages the dataset, or an administrator, can grant it.`);
  expect(told("workspace:vision/dataset:digits")).toBe(told("dataset:digits"));
  expect(told("folder:team")).toBe(`You are a reader on the folder team. ${needs}: who manages the folder team, or an administrator, can grant it.`);
  expect(told("everything")).toBe(`You are a reader on everything. ${needs}: an administrator can grant it.`);
  expect(told("job:1")).toContain("who manages its project, or an administrator,");
  expect(denialOf("workspace:vision", [], "record").text).toMatch(/^You have no role on the workspace vision\./);
});

test("of many records it says which ones are not for who sits here", () => {
  const denied = denialOf("experiment:1", of("reader"), "record");
  expect(denialOfSome([["a", null]], "runs")).toBeNull();
  expect(denialOfSome([["a", denied]], "runs")).toBe(denied);
  expect(denialOfSome([["a", denied], ["b", null]], "runs")?.text).toMatch(/^Not possible for 1 of 2 runs: “a”\. You are a reader here/);
  expect(denialOfSome(["a", "b", "c", "d", "e"].map((name) => [name, denied] as const), "runs")?.text).toContain("all 5 runs: “a”, “b”, “c” and 2 more.");
});
