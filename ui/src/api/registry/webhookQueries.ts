import { useQuery } from "@tanstack/react-query";
import { useApi } from "../context";

export const webhookKeys = { all: ["webhooks"] as const, deliveries: (id: string) => ["webhooks", "deliveries", id] as const };

const EVERY_MS = 5_000;

export function useWebhooks() {
  const { webhooks } = useApi();
  return useQuery({ queryKey: [...webhookKeys.all, "list"], queryFn: () => webhooks.list() });
}

/** What was sent to a webhook, and what waits. */
export function useDeliveries(id: string) {
  const { webhooks } = useApi();
  return useQuery({ queryKey: webhookKeys.deliveries(id), queryFn: () => webhooks.deliveries(id), refetchInterval: EVERY_MS });
}
