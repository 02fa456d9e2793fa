/** Webhooks made up in memory. */
import { ApiError } from "../client";
import type { Delivery, Webhook, WebhookTexts, WebhooksApi } from "../registry/webhooks";

const MINUTE = 60_000;
type Answer = <T>(make: () => T) => Promise<T>;

export class FakeWebhooks implements WebhooksApi {
  private kept: Webhook[] = [];
  private sent: Delivery[] = [];

  constructor(
    private readonly answer: Answer,
    private readonly now: () => number,
    isEmpty: boolean,
  ) {
    if (isEmpty) return;
    const at = { createdMs: now() - 9000 * MINUTE, updatedMs: now() - 9000 * MINUTE };
    this.kept = [
      { id: "w1", name: "deploy", url: "https://cd.example.com/hooks/models", description: "Rolls out whatever becomes champion.", events: ["model_version_alias.created", "promotion.merged"], isActive: true, hasSecret: true, nDropped: 0, lastDropMs: null, ...at },
      { id: "w2", name: "chat", url: "https://chat.example.com/hooks/ml-team", description: "", events: ["promotion.created", "promotion.reviewed"], isActive: false, hasSecret: false, nDropped: 214, lastDropMs: now() - 8000 * MINUTE, ...at },
    ];
    const body = JSON.stringify({ entity: "model_version_alias", action: "created", timestamp: "2026-11-24T12:00:00+00:00", data: { name: "churn", alias: "champion", version: "24" } });
    this.sent = (["waiting", "delivered", "failed"] as const).map((state, at) => ({
      id: `d${at}`, event: "model_version_alias.created", state, body, createdMs: now() - (3 + at * 40) * MINUTE, timeMs: state === "waiting" ? now() + 4 * MINUTE : now() - at * 40 * MINUTE,
      nAttempts: state === "delivered" ? 1 : 3, status: state === "delivered" ? 204 : 503, error: state === "delivered" ? "" : "The answer was 503.",
    }));
  }

  private one(id: string): Webhook {
    const found = this.kept.find((webhook) => webhook.id === id);
    if (!found) throw new ApiError("RESOURCE_DOES_NOT_EXIST", `There is no webhook ${id}.`, 404);
    return found;
  }

  list() {
    return this.answer(() => ({ webhooks: this.kept, hosts: ["public"] }));
  }
  create(webhook: WebhookTexts, secret: string) {
    return this.answer(() => {
      const made = { ...webhook, id: `w${this.kept.length + 1}`, hasSecret: secret !== "", nDropped: 0, lastDropMs: null, createdMs: this.now(), updatedMs: this.now() };
      this.kept = [...this.kept, made];
      return made;
    });
  }
  update(id: string, { secret, ...texts }: Partial<WebhookTexts> & { secret?: string }) {
    return this.answer(() => {
      const before = this.one(id);
      const after = { ...before, ...texts, hasSecret: secret === undefined ? before.hasSecret : secret !== "", updatedMs: this.now() };
      this.kept = this.kept.map((webhook) => (webhook === before ? after : webhook));
      return after;
    });
  }
  remove(id: string) {
    return this.answer(() => void (this.kept = this.kept.filter((webhook) => webhook !== this.one(id))));
  }
  test(id: string) {
    return this.answer(() => ({ isDelivered: true, ms: 84, body: JSON.stringify({ test: this.one(id).events[0] }), status: 200, error: "" }));
  }
  deliveries(id: string) {
    return this.answer(() => (id === "w1" ? this.sent : []));
  }
  redeliver(deliveryId: string) {
    return this.answer(() => void (this.sent = this.sent.map((one) => (one.id === deliveryId ? { ...one, state: "waiting" as const, timeMs: this.now() } : one))));
  }
}
