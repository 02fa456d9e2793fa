import { expect, test } from "vitest";
import { foldersOf, newIn, parts, placeWord, subjectWord, tokenPlace } from "./places";

test("names may have colons of their own", () => {
  expect(parts("model:a:b")).toEqual({ kind: "model", key: "a:b" });
  expect(parts("everyone")).toEqual({ kind: "everyone", key: "" });
});

test("subjects and places read as words", () => {
  expect(["user:ann", "group:vision", "everyone"].map(subjectWord)).toEqual(["ann", "Group vision", "Everyone"]);
  expect(["everything", "folder:team/vision", "model:churn", "experiment:7"].map(placeWord)).toEqual([
    "everything",
    "the folder team/vision",
    "the model churn",
    "this experiment",
  ]);
  expect(["dataset:a:b/c", "workspace:vision/dataset:a/b"].map(placeWord)).toEqual(["the dataset a:b/c", "the dataset a/b"]);
  expect(["workspace:vision", "workspace:vision/model:churn", "workspace:vision/folder:a/b"].map(placeWord)).toEqual([
    "the workspace vision",
    "the model churn",
    "the folder a/b",
  ]);
});

test("a token is limited to places by their names, which hold in a workspace", () => {
  const experiments = [{ id: "7", name: "team/wine" }];
  expect(tokenPlace("experiment", "team/wine", "vision", experiments)).toBe("experiment:7");
  expect(tokenPlace("experiment", "team", "", experiments)).toBeNull();
  expect(tokenPlace("model", "churn", "", experiments)).toBe("model:churn");
  expect(tokenPlace("target", "gpu", "vision", experiments)).toBe("workspace:vision/target:gpu");
  expect(tokenPlace("folder", "/team/", "vision", experiments)).toBe("workspace:vision/folder:team");
  expect(tokenPlace("workspace", "vision", "default", experiments)).toBe("workspace:vision");
});

test("what is new has a place in folders and workspaces", () => {
  expect(["folder:a/b", "workspace:default", "workspace:vision", "workspace:vision/folder:a", "workspace:vision/model:m", "experiment:7"].map(newIn)).toEqual([
    "new:a/b",
    "new",
    "workspace:vision/new",
    "workspace:vision/new:a",
    null,
    null,
  ]);
});

test("names lie in all the folders above them", () => {
  expect(foldersOf(["b/x/1", "a", "b/2", "/c"])).toEqual(["b", "b/x"]);
});
