import { useQuery } from "@tanstack/react-query";
import { useApi } from "../context";

export const keepingKeys = {
  usages: ["usages"] as const,
  ownUsage: ["usage"] as const,
  retention: ["retention"] as const,
  rules: (workspace: string | null) => ["retention", "rules", workspace] as const,
  passes: (workspace: string | null) => ["retention", "passes", workspace] as const,
  workspaceUsages: ["usages", "workspaces"] as const,
};

export function useUsages() {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.usages, queryFn: () => keeping.usages() });
}

export function useOwnUsage() {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.ownUsage, queryFn: () => keeping.ownUsage() });
}

/** On a server without users nobody counts. */
export function useWorkspaceUsages(hasUsers = true) {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.workspaceUsages, queryFn: () => keeping.workspaceUsages(), enabled: hasUsers });
}

/** Of whose rules, `KeepingApi.rules` says. */
export function useRules(workspace: string | null) {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.rules(workspace), queryFn: () => keeping.rules(workspace) });
}

export function usePasses(workspace: string | null) {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.passes(workspace), queryFn: () => keeping.passes(workspace) });
}
