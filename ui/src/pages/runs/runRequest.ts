import type { RunKeys } from "../../api/model";
import { quoteValue } from "../../lib/filter/complete";

/** What the page asks for: of which experiments, which runs, in which order, with which keys. */
export interface RunRequest {
  experimentIds: string[];
  filter: string;
  orderBy: string[];
  keys: RunKeys;
}

export function idFilter(ids: readonly string[]): string {
  return `run_id IN (${ids.map(quoteValue).join(", ")})`;
}
