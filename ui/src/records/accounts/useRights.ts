import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { OwnRole } from "../../api/accounts/model";
import { accountKeys, useAccount } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { HERE } from "../../api/here";
import type { Denial } from "../../components/denial";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import { FOR_ADMINISTRATORS, MAY_ALL, NOT_KNOWN_YET, type Rights, rightsOf } from "./denials";

const STAYS_MS = 60_000;

function useRoleQuery() {
  const account = useAccount();
  const { accounts } = useApi();
  const isAsked = account !== null && !account.isAdmin;
  return (record: string) => ({
    queryKey: accountKeys.role(record),
    queryFn: () => accounts.ownRole(record),
    enabled: isAsked && record !== "",
    staleTime: STAYS_MS,
  });
}

/**
 * What who sits here may do with a record, or at a place. Nothing for the moment in which that is looked up; all of it when it
 * could not be: the server decides in the end.
 *
 * @param record a place as grants name it, or `job:ID`; empty while it is not known
 */
export function useRights(record: string): Rights {
  const { data, isLoading } = useQuery(useRoleQuery()(record));
  return known(record, data, isLoading);
}

function known(record: string, own: OwnRole | undefined, isLoading: boolean): Rights {
  if (own) return rightsOf(record, own);
  return isLoading ? NOT_KNOWN_YET : MAY_ALL;
}

/** The same for many at once, which is one question to the server. */
export function useRightsOf(records: readonly string[]): (record: string) => Rights {
  const unique = [...new Set(records)];
  const found = useQueries({ queries: unique.map(useRoleQuery()), combine: (all) => all.map(({ data, isLoading }) => ({ data, isLoading })) });
  return (record) => {
    const own = found[unique.indexOf(record)];
    return own ? known(record, own.data, own.isLoading) : MAY_ALL;
  };
}

export const placeHere = `workspace:${HERE || DEFAULT_WORKSPACE}`;

/** In the workspace of this tab, as far as nothing nearer is granted. */
export function useRightsHere(): Rights {
  return useRights(placeHere);
}

/** Null for administrators, and where there are no users. */
export function useAdminDenial(): Denial | null {
  const account = useAccount();
  return account === null || account.isAdmin ? null : FOR_ADMINISTRATORS;
}

/** Whether who sits here has a role on everything, as what belongs to the server itself needs. */
export function useReadsEverything(): boolean {
  const account = useAccount();
  return account === null || account.isAdmin || account.everything.includes("read");
}

/** Looks again when the server refused something: where rights have changed meanwhile, so does what is shown. */
export function useFreshRights(): void {
  const { accounts } = useApi();
  const queries = useQueryClient();
  useEffect(() => {
    let isLooking = false;
    const look = async () => {
      if (isLooking) return;
      isLooking = true;
      try {
        const before = queries.getQueriesData({ queryKey: accountKeys.anyRole }).filter(([, own]) => own !== undefined);
        await queries.refetchQueries({ queryKey: accountKeys.anyRole, type: "active" });
        const isOther = before.some(([key, own]) => JSON.stringify(queries.getQueryData(key)) !== JSON.stringify(own));
        if (isOther) await queries.invalidateQueries();
      } finally {
        isLooking = false;
      }
    };
    return accounts.onRefused(() => void look());
  }, [accounts, queries]);
}
