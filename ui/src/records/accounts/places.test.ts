import { expect, test } from "vitest";
import { parts, placeWord, subjectWord } from "./places";

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
  expect(["workspace:vision", "workspace:vision/model:churn", "workspace:vision/folder:a/b"].map(placeWord)).toEqual([
    "the workspace vision",
    "the model churn",
    "the folder a/b",
  ]);
});
