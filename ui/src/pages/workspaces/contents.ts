/** What a workspace holds, in words. */
import type { Contents, Excess } from "../../api/workspaces/client";
import { bytes, count, plural } from "../../lib/format";

/** Whether it may be deleted as it is: rules and grants go with it. */
export function isEmpty(contents: Contents): boolean {
  const { nExperiments, nModels, nProjects, nTargets, nSecrets, nViews, nJobs } = contents;
  return nExperiments + nModels + nProjects + nTargets + nSecrets + nViews + nJobs === 0;
}

/** `["Experiments", "3, with 120 runs"]`: of what there is, most important first. */
export function contentsInWords(contents: Contents): [string, string][] {
  const rows: [string, number, string][] = [
    ["Experiments", contents.nExperiments, contents.nRuns ? `, with ${plural(contents.nRuns, "run")}` : ""],
    ["Registered models", contents.nModels, contents.nVersions ? `, with ${plural(contents.nVersions, "version")}` : ""],
    ["Projects", contents.nProjects, ""],
    ["Targets", contents.nTargets, ""],
    ["Secrets", contents.nSecrets, ""],
    ["Saved views", contents.nViews, ""],
    ["Jobs", contents.nJobs, contents.nRunning ? `, ${count(contents.nRunning)} under way` : ""],
    ["Rules of retention", contents.nRules, ""],
    ["Grants", contents.nGrants, ""],
  ];
  const told = rows.filter(([, n]) => n > 0).map(([word, n, more]): [string, string] => [word, count(n) + more]);
  return contents.nBytes ? [...told, ["Space of files", bytes(contents.nBytes)]] : told;
}

/** What of one kind does not fit into the quota of another workspace: "12 runs to 9, of 20 at most". */
export function excessText({ what, limit, nKept, nAdded }: Excess): string {
  const shown = what === "bytes" ? bytes : count;
  const unit = what === "bytes" ? " of files" : ` ${what}`;
  return `${shown(nAdded)}${unit} to ${shown(nKept)}, of ${shown(limit)} at most`;
}
