import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useApi } from "../context";
import type { Page } from "../model";
import type { AuditRecord } from "./model";

const PAGE = 100;
const EVERY_MS = 15_000;

export function useAudit(filter: string, enabled: boolean) {
  const { audit } = useApi();
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) => audit.search({ filter, cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<AuditRecord>) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
    enabled,
  });
}
