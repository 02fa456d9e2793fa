import { useQuery } from "@tanstack/react-query";
import { useApi } from "../context";

export const keepingKeys = {
  usages: ["usages"] as const,
  ownUsage: ["usage"] as const,
  rules: ["retention", "rules"] as const,
  passes: ["retention", "passes"] as const,
};

export function useUsages() {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.usages, queryFn: () => keeping.usages() });
}

export function useOwnUsage() {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.ownUsage, queryFn: () => keeping.ownUsage() });
}

export function useRules() {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.rules, queryFn: () => keeping.rules() });
}

export function usePasses() {
  const { keeping } = useApi();
  return useQuery({ queryKey: keepingKeys.passes, queryFn: () => keeping.passes() });
}
