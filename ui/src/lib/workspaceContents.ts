/** What a workspace holds, in words. */
import { bytes, count, plural } from "./format";

interface Counts {
  nExperiments: number;
  nRuns: number;
  nModels: number;
  nVersions: number;
  nProjects: number;
  nTargets: number;
  nSecrets: number;
  nViews: number;
  nJobs: number;
  nRunning: number;
  nRules: number;
  nGrants: number;
  nBytes: number;
}

/** Whether it may be deleted as it is: rules and grants go with it. */
export function isEmpty(contents: Counts): boolean {
  const { nExperiments, nModels, nProjects, nTargets, nSecrets, nViews, nJobs } = contents;
  return nExperiments + nModels + nProjects + nTargets + nSecrets + nViews + nJobs === 0;
}

/** `["Experiments", "3, with 120 runs"]`: of what there is, most important first. */
export function contentsInWords(contents: Counts): [string, string][] {
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
