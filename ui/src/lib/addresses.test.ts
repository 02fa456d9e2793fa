import { expect, test } from "vitest";
import { safeNext } from "./addresses";

const BASE = "http://ml.example:5000/runfold/";

test.each(["/runfold/runs/abc?tab=metrics", "/runfold/", "/runfold/get-artifact?path=a%2Fb"])("leads back to %s", (next) => {
  expect(safeNext(next, BASE)).toBe(next);
});

test.each([null, "", "//evil.example/runfold/", "/\\evil.example/runfold/", "https://evil.example/runfold/", "javascript:alert(1)", "/elsewhere", "runfold/", "/runfold/../elsewhere", "/\t/evil.example/runfold/"])(
  "does not lead to %s",
  (next) => {
    expect(safeNext(next, BASE)).toBe("");
  },
);
