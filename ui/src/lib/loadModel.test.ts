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

it("works where the name holds, and says nothing of it where a client does by itself", () => {
  expect(loadScript("mlflow", { ...callee, workspace: "vision" })).toContain('set_tracking_uri("http://h:5000")\nmlflow.set_workspace("vision")\nmodel = ');
  expect(loadScript("serve", { ...callee, workspace: "vision" })).toContain("export RUNFOLD_WORKSPACE='vision'\nrunfold models serve");
  for (const caller of CALLERS) expect(loadScript(caller, callee).toLowerCase()).not.toContain("workspace");
});
