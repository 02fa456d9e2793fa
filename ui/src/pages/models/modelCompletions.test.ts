import { expect, it } from "vitest";
import { FakeApi } from "../../api/fake/fakeApi";
import { completionPoint } from "../../lib/filter/complete";
import { completeModels } from "./modelCompletions";

const api = new FakeApi({ delayMs: 0 });
const offers = async (text: string) => {
  const { items } = await api.registry.searchModels({ filter: "", orderBy: [], limit: 100, cursor: "" });
  return completeModels(completionPoint(text, text.length), items).map(({ label }) => label);
};

it("offers attributes and keys that models have", async () => {
  expect(await offers("")).toContain("framework");
  expect(await offers("metrics.val")).toContain("metrics.val/auc");
  expect(await offers("tags.t")).toEqual(expect.arrayContaining(["tags.team"]));
});

it("offers values of the field, and numbers for what is a number", async () => {
  expect(await offers("framework = 'light")).toEqual(["lightgbm"]);
  expect(await offers("alias = '")).toContain("champion");
  expect(await offers("metrics.rmse ")).toContain("<");
  expect(await offers("owner ")).not.toContain("<");
});

it("offers what joins two comparisons", async () => {
  expect(await offers("owner = 'ada' ")).toEqual(["AND", "OR"]);
});
