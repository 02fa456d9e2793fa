import { useQuery } from "@tanstack/react-query";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import { useApi } from "../context";
import type { Workspace } from "./client";

export const workspacesKey = ["workspaces"] as const;
export const trashedWorkspacesKey = ["workspaces", "trash"] as const;

const STAYS_MS = 60_000;

export function useWorkspaces(enabled = true) {
  const { workspaces } = useApi();
  return useQuery({ queryKey: workspacesKey, queryFn: () => workspaces.list(), staleTime: STAYS_MS, enabled });
}

/** Those in the trash, for administrators. */
export function useTrashedWorkspaces(enabled: boolean) {
  const { workspaces } = useApi();
  return useQuery({ queryKey: trashedWorkspacesKey, queryFn: () => workspaces.trashed(), enabled });
}

/** Those to choose among; none while there is only the default one, as on a laptop. */
export function useOtherWorkspaces(): Workspace[] {
  const all = useWorkspaces().data ?? [];
  return all.some(({ name }) => name !== DEFAULT_WORKSPACE) ? all : [];
}
