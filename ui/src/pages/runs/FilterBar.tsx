import { useQuery } from "@tanstack/react-query";
import { type Ref, useState } from "react";
import { useApi } from "../../api/context";
import { useKeys } from "../../api/queries";
import { FilterField, type FilterHandle } from "../../components/FilterField";
import type { CompletionPoint } from "../../lib/filter/complete";
import type { FilterError } from "../../lib/filter/parser";
import { complete, keyText } from "./completions";

const SHOWN = 40;

/** The filter of runs: completes the keys and values that runs of these experiments have. */
export function FilterBar({
  ref,
  experimentIds,
  ...rest
}: {
  ref?: Ref<FilterHandle>;
  value: string;
  experimentIds: string[];
  /** What the server says is wrong with the applied filter. */
  serverError: FilterError | null;
  onApply: (filter: string, isTyping: boolean) => void;
}) {
  const [point, setPoint] = useState<CompletionPoint | null>(null);
  const completions = useCompletions(point, experimentIds);
  return (
    <FilterField
      ref={ref}
      placeholder="Filter: metrics.loss < 0.3 AND params.model = 'vit'"
      completions={completions}
      onPoint={setPoint}
      {...rest}
    />
  );
}

function useCompletions(point: CompletionPoint | null, experimentIds: string[]) {
  const api = useApi();
  const found = useKeys(point ? experimentIds : [], ["metric", "param", "tag"], point ? keyText(point) : "", SHOWN);
  const of = point?.expectation.want === "value" ? point.expectation.field : null;
  const hasValues = of?.kind === "params" || of?.kind === "tags";
  const values = useQuery({
    queryKey: ["key-values", experimentIds, of?.kind, of?.key, point?.prefix],
    enabled: hasValues,
    staleTime: 30_000,
    queryFn: () => api.keyValues(experimentIds, of?.kind === "params" ? "param" : "tag", of?.key ?? "", point?.prefix ?? ""),
  });
  return point ? complete(point, found.data ?? [], values.data ?? []).slice(0, SHOWN) : [];
}
