import { expect, it } from "vitest";
import { bytes } from "../../lib/format";
import { contentsInWords, excessText, isEmpty } from "./contents";

const NOTHING = { nExperiments: 0, nRuns: 0, nModels: 0, nVersions: 0, nProjects: 0, nTargets: 0, nSecrets: 0, nViews: 0, nJobs: 0, nRunning: 0, nRules: 0, nGrants: 0, nBytes: 0 };

it("tells what there is, with what belongs to it", () => {
  const contents = { ...NOTHING, nExperiments: 2, nRuns: 1, nJobs: 3, nRunning: 1, nGrants: 1, nBytes: 2048 };
  expect(contentsInWords(contents)).toEqual([
    ["Experiments", "2, with 1 run"],
    ["Jobs", "3, 1 under way"],
    ["Grants", "1"],
    ["Space of files", bytes(2048)],
  ]);
});

it("takes a workspace for empty that has members and rules alone", () => {
  expect(isEmpty({ ...NOTHING, nRules: 1, nGrants: 4 })).toBe(true);
  expect(isEmpty({ ...NOTHING, nSecrets: 1 })).toBe(false);
});

it("says what does not fit, in the units of its kind", () => {
  expect(excessText({ what: "runs", limit: 20, nKept: 9, nAdded: 12 })).toBe("12 runs to 9, of 20 at most");
  expect(excessText({ what: "bytes", limit: 2048, nKept: 0, nAdded: 4096 })).toBe(`${bytes(4096)} of files to ${bytes(0)}, of ${bytes(2048)} at most`);
});
