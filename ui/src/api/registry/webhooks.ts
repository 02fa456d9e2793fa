/** Addresses that the server tells of changes in the registry. Times are Unix milliseconds. */

/** What can be told, by what it is about; `prompt…` is what MLflow calls a registered model that holds a prompt. */
export const EVENT_GROUPS = [
  ["Model", ["registered_model.created", "registered_model.renamed", "registered_model.deleted", "registered_model_tag.set", "registered_model_tag.deleted"]],
  ["Version", ["model_version.created", "model_version.failed", "model_version.staged", "model_version.deleted", "model_version_tag.set", "model_version_tag.deleted"]],
  ["Alias", ["model_version_alias.created", "model_version_alias.deleted"]],
  ["Promotion", ["promotion.created", "promotion.reviewed", "promotion.merged", "promotion.rejected", "promotion.withdrawn"]],
  [
    "Prompt",
    ["prompt.created", "prompt_version.created", "prompt_tag.set", "prompt_tag.deleted", "prompt_version_tag.set", "prompt_version_tag.deleted", "prompt_alias.created", "prompt_alias.deleted"],
  ],
] as const;
export type WebhookEvent = (typeof EVENT_GROUPS)[number][1][number];

export interface WebhookTexts {
  name: string;
  url: string;
  description: string;
  events: WebhookEvent[];
  isActive: boolean;
}

export interface Webhook extends WebhookTexts {
  id: string;
  createdMs: number;
  updatedMs: number;
  /** What is sent is signed; the secret itself is never read back. */
  hasSecret: boolean;
  /** Events that it was never told of, because too many deliveries waited; when that last happened, or null. */
  nDropped: number;
  lastDropMs: number | null;
}

export interface WebhookTrial {
  isDelivered: boolean;
  ms: number;
  /** What was sent. */
  body: string;
  /** Of the answer; null: none came. */
  status: number | null;
  error: string;
}

export type DeliveryState = "waiting" | "delivered" | "failed";

/** One event for one webhook. */
export interface Delivery {
  id: string;
  event: WebhookEvent;
  state: DeliveryState;
  body: string;
  createdMs: number;
  /** When it is sent next, or when it was over. */
  timeMs: number;
  nAttempts: number;
  status: number | null;
  error: string;
}

export interface WebhooksApi {
  /** With where webhooks may be sent: `public`, `none` or names of hosts. */
  list(): Promise<{ webhooks: Webhook[]; hosts: string[] }>;
  create(webhook: WebhookTexts, secret: string): Promise<Webhook>;
  /** What is absent stays; an empty secret: nothing is signed any more. */
  update(id: string, changes: Partial<WebhookTexts> & { secret?: string }): Promise<Webhook>;
  remove(id: string): Promise<void>;
  /** Sends a made-up event now, once. */
  test(id: string): Promise<WebhookTrial>;
  /** The newest first. */
  deliveries(id: string): Promise<Delivery[]>;
  redeliver(deliveryId: string): Promise<void>;
}
