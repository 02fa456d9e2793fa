import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { keys } from "../../api/queries";
import { parseField } from "../../lib/field";
import { type RunGroup, groupRuns, readGroup } from "./grouping";
import type { RunRequest } from "./useRunRows";

const PAGE = 1000;
export const MOST_GROUPED = 5000;

/** The runs that fit, up to a number that a browser adds up in a moment, with the keys that are asked for. */
export function useManyRuns(request: RunRequest, most = MOST_GROUPED, enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.runs, "many", request, most],
    enabled,
    staleTime: 20_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<{ runs: Run[]; isCut: boolean }> => {
      const runs: Run[] = [];
      let cursor = "";
      do {
        const page = await api.searchRuns({ ...request, lifecycle: "active", limit: Math.min(PAGE, most), cursor }, signal);
        runs.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor && runs.length < most);
      return { runs, isCut: cursor !== "" };
    },
  });
}

export function useGroups(request: RunRequest, group: string): { groups: RunGroup[]; isCut: boolean; isPending: boolean; error: Error | null } {
  const spec = useMemo(() => readGroup(group), [group]);
  const full = useMemo<RunRequest>(() => {
    const of = (kind: "params" | "tags") => spec.fields.map(parseField).filter((f) => f.kind === kind).map((f) => f.key);
    const params = spec.isAllBut ? null : [...new Set([...(request.keys.params ?? []), ...of("params")])];
    const datasets = spec.fields.some((id) => parseField(id).kind === "datasets");
    return { ...request, keys: { ...request.keys, datasets, params, tags: [...(request.keys.tags ?? []), ...of("tags")] } };
  }, [request, spec]);
  const { data, isPending, error } = useManyRuns(full, MOST_GROUPED, group !== "");
  const groups = useMemo(() => (data && group ? groupRuns(data.runs, spec) : []), [data, group, spec]);
  return { groups, isCut: data?.isCut ?? false, isPending, error };
}
