import type { RunfoldApi } from "../../api/client";
import type { Run } from "../../api/model";
import { missingParents } from "../../lib/runTree";
import { type RunRequest, idFilter } from "./runRequest";

/** Runs named in one search. */
const NAMED = 200;

export interface Parents {
  runs: Run[];
  /** Those that fit the filter, and stand further down in the order of the table. */
  fittingIds: string[];
}

/** The runs above others, up to the top, that a page of the search did not bring. */
export async function findParents(api: RunfoldApi, request: RunRequest, parentIds: string[]): Promise<Parents> {
  const byIds = async (ids: string[], filter: string, keys = request.keys): Promise<Run[]> => {
    const found: Run[] = [];
    for (let at = 0; at < ids.length; at += NAMED) {
      const among = idFilter(ids.slice(at, at + NAMED));
      const page = await api.searchRuns({ ...request, filter: filter ? `(${filter}) AND ${among}` : among, orderBy: [], lifecycle: "active", limit: NAMED, cursor: "", keys });
      found.push(...page.items);
    }
    return found;
  };
  const runs: Run[] = [];
  const asked = new Set<string>();
  let next = parentIds;
  while (next.length) {
    for (const id of next) asked.add(id);
    runs.push(...(await byIds(next, "")));
    next = missingParents(runs).filter((id) => !asked.has(id));
  }
  const fitting = await byIds(runs.map(({ id }) => id), request.filter, { metrics: [], params: [], tags: [] });
  return { runs, fittingIds: fitting.map(({ id }) => id) };
}
