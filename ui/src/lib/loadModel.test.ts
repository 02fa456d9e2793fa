import { expect, it } from "vitest";
import { CALLERS, loadScript } from "./loadModel";

const example = JSON.stringify({ dataframe_split: { columns: ["it's"], data: [[true], [null], [3]] } });
const callee = { server: "http://h:5000", uri: "models:/iris@champion", example };

it("makes rows of an example into a data frame", () => {
  expect(loadScript("python", callee)).toContain('pd.DataFrame(\n    [[True], [None]],\n    columns=["it\'s"],\n)');
  expect(loadScript("mlflow", { ...callee, example: '{"inputs": [1]}' })).toContain("model.predict(data)");
});

it("keeps an example whole in every language", () => {
  expect(loadScript("curl", callee)).toContain(`'{"dataframe_split":{"columns":["it'\\''s"]`);
  expect(loadScript("java", callee)).toContain(JSON.stringify(example));
  expect(loadScript("r", { ...callee, example: 'a)"b)-"' })).toContain('r"--(a)"b)-")--"');
});

it("has lines for every caller", () => {
  for (const caller of CALLERS) expect(loadScript(caller, callee).split("\n").length).toBeGreaterThan(1);
});
