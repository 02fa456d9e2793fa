import { useCallback, useMemo } from "react";
import { type JobFilter, gridNameOf } from "../../api/work/model";
import { useJobGrids, useJobs } from "../../api/work/queries";

/** Jobs that fit as rows of a table, more of them as it is scrolled, and how far the grids are that stand among them. */
export function useJobRows(filter: Partial<JobFilter>) {
  const jobs = useJobs(filter);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs;
  const rows = useMemo(() => jobs.data?.pages.flatMap((page) => page.items) ?? [], [jobs.data]);
  const grids = useJobGrids(useMemo(() => (filter.isFolded ? rows.map(gridNameOf) : []), [filter.isFolded, rows])).data;
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { jobs, rows, grids, nearEnd, foot: isFetchingNextPage ? "More are coming" : null };
}
