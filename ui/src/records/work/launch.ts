/** What a form for a run holds, and the jobs that come of it. */
import { type EntryPoint, GRID_TAG, type Work } from "../../api/work/model";
import { gridOf, listValues, parameterProblem } from "../../lib/parameters";

/** More runs than this are asked about; more than the last are not queued in one go. */
export const MANY_RUNS = 20;
export const MOST_RUNS = 1000;

export interface Launch {
  work: Work;
  /** By parameter, as typed; of a varied one, a list. */
  values: Record<string, string>;
  varied: readonly string[];
  /** Of a run that is had again: what it was given. */
  before?: Record<string, string> | undefined;
}

/** What is wrong, by parameter. */
export function problemsOf({ values, varied }: Launch, entry: EntryPoint | undefined): Record<string, string> {
  const problems: Record<string, string> = {};
  const parameters = entry?.parameters ?? [];
  for (const parameter of parameters) {
    const text = values[parameter.name] ?? "";
    const several = varied.includes(parameter.name) ? listValues(text) : [text];
    const problem = several === null ? `“${text}” is no list: write 0.1, 0.2 or 0..1 by 0.25` : several.map((value) => parameterProblem(parameter, value)).find(Boolean);
    const isEmptyList = varied.includes(parameter.name) && several?.length === 0;
    if (problem || isEmptyList) problems[parameter.name] = problem || "Give the values to try, with commas between.";
  }
  return problems;
}

/** One job for each combination of the varied parameters. */
export function worksOf({ work, values, varied, before }: Launch, grid: string): Work[] {
  const given = Object.entries(values).filter(([name, text]) => text !== "" && !varied.includes(name));
  const lists = Object.fromEntries(varied.map((name) => [name, listValues(values[name] ?? "") ?? []]));
  return gridOf(lists).map((row) => ({
    ...work,
    parameters: { ...Object.fromEntries(given), ...row },
    // What stays is known where it runs; what is emptied has to be named, or it would stay as well.
    without: Object.keys(before ?? {}).filter((name) => !values[name]),
    runName: work.runName && varied.length ? `${work.runName} ${Object.values(row).join(" ")}`.slice(0, 200) : work.runName,
    tags: varied.length ? { ...work.tags, [GRID_TAG]: grid } : work.tags,
  }));
}

export function countRuns({ values, varied }: Launch): number {
  return varied.reduce((product, name) => product * (listValues(values[name] ?? "")?.length ?? 0), 1);
}

/** Of a run that is had again, what is not as it was. */
export function changesOf(values: Record<string, string>, before: Record<string, string>): [name: string, before: string, after: string][] {
  return Object.entries(values)
    .filter(([name, text]) => text !== (before[name] ?? ""))
    .map(([name, text]) => [name, before[name] ?? "", text]);
}
