/** What pages ask about promotion requests and policies. The keys lie below those of models, so that a change of a model finds them. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "../context";
import { modelKeys } from "./queries";

export const ruleKeys = {
  promotions: (name: string) => [...modelKeys.all, "promotions", name] as const,
  policy: (name: string) => [...modelKeys.all, "policy", name] as const,
};

const EVERY_MS = 30_000;

/** All requests about a model, the newest first. */
export function usePromotions(name: string) {
  const { rules } = useApi();
  return useQuery({ queryKey: ruleKeys.promotions(name), queryFn: () => rules.listPromotions(name, []), refetchInterval: EVERY_MS });
}

/** The policy of a model, or that of the server for an empty name. */
export function usePolicy(name: string) {
  const { rules } = useApi();
  return useQuery({ queryKey: ruleKeys.policy(name), queryFn: () => rules.getPolicy(name) });
}
