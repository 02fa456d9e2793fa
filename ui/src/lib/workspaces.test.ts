import { expect, it } from "vitest";
import { pathIn, placeIn, sectionOf, workspaceIn } from "./workspaces";

it("finds the workspace that an address names, below any prefix", () => {
  expect(workspaceIn("/w/vision/models/churn", "/")).toBe("vision");
  expect(workspaceIn("/ml/w/vision", "/ml/")).toBe("vision");
  expect(workspaceIn("/models/w/vision", "/")).toBe("");
  expect(workspaceIn("/ml", "/ml/")).toBe("");
});

it("reads what it writes, and survives what nobody writes", () => {
  for (const name of ["vision", "a/b", "<b>", "%", "äö", "..", "a b"]) expect(workspaceIn(pathIn("/ml/", name, "jobs"), "/ml/")).toBe(name);
  expect(workspaceIn("/w/%E0%A4%A/x", "/")).toBe("%E0%A4%A");
  expect(pathIn("/", "", "models")).toBe("/models");
});

it("leads from a list to the same list, and from a record to the experiments", () => {
  expect(sectionOf("/models")).toBe("models");
  expect(sectionOf("/runs/0123")).toBe("experiments");
  expect(sectionOf("/")).toBe("experiments");
});

it("names a place as grants do", () => {
  expect(placeIn("vision", "model", "churn")).toBe("workspace:vision/model:churn");
  expect(placeIn("default", "folder", "a/b")).toBe("folder:a/b");
  expect(placeIn("", "model", "churn")).toBe("model:churn");
});
