import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { useApi } from "../context";
import { BUILT_IN } from "./abilities";
import type { Account, KnownRole } from "./model";

const BUILT_IN_ROLES: KnownRole[] = [...BUILT_IN].map(([name, abilities]) => ({ name, abilities, description: "", isBuiltIn: true, nGrants: 0, nTokens: 0 }));

export const accountKeys = {
  me: ["me"] as const,
  entrance: ["entrance"] as const,
  sessions: ["sessions"] as const,
  anyWays: ["ways"] as const,
  ways: (user: string) => ["ways", user] as const,
  allWays: ["ways", "of everybody", "all"] as const,
  tokens: (user: string) => ["tokens", user] as const,
  users: ["users"] as const,
  groups: ["groups"] as const,
  roles: ["roles"] as const,
  anyRole: ["role"] as const,
  role: (record: string) => ["role", record] as const,
  anyAccess: ["access"] as const,
  access: (place: string, user: string) => ["access", place, user] as const,
  grantsOn: (place: string) => ["access", place, "grants"] as const,
};

/** Null: the server has no users, so everybody may do everything. */
export const AccountContext = createContext<Account | null>(null);

export function useAccount(): Account | null {
  return useContext(AccountContext);
}

export function useEntrance() {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.entrance, queryFn: () => accounts.entrance(), staleTime: Infinity });
}

export function useSessions() {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.sessions, queryFn: () => accounts.sessions() });
}

export function useWays(user: string) {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.ways(user), queryFn: () => accounts.ways(user) });
}

/** By user; of everybody. */
export function useAllWays() {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.allWays, queryFn: async () => new Map((await accounts.allWays()).map((ways) => [ways.user, ways])) });
}

export function useTokens(user: string) {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.tokens(user), queryFn: () => accounts.tokens(user) });
}

/** Roles that there are; only the built-in ones for the moment in which that is looked up. */
export function useRoles() {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.roles, queryFn: () => accounts.roles(), placeholderData: BUILT_IN_ROLES });
}

export function useUsers() {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.users, queryFn: () => accounts.users() });
}

export function useGroupList(enabled = true) {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.groups, queryFn: () => accounts.groups(), enabled });
}

export function useGrantsOn(place: string) {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.grantsOn(place), queryFn: () => accounts.grantsOn(place) });
}

/** Of one user, or for who manages the place of all (an empty name). */
export function useAccess(place: string, user: string, enabled = true) {
  const { accounts } = useApi();
  return useQuery({ queryKey: accountKeys.access(place, user), queryFn: () => accounts.explain(place, { user }), enabled });
}
