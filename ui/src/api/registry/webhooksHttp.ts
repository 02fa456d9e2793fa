/** The webhooks of a real server. */
import type { components } from "../schema";
import { RUNFOLD, post } from "../transport";
import type { Webhook, WebhookTexts, WebhooksApi } from "./webhooks";

type Wire = components["schemas"];

const MOST = 1000;

function toWebhook(record: Wire["WebhookRecord"]): Webhook {
  return {
    id: record.webhook_id,
    name: record.name,
    url: record.url,
    description: record.description ?? "",
    events: record.events,
    isActive: record.is_active,
    createdMs: record.creation_time_ms,
    updatedMs: record.last_update_time_ms,
    hasSecret: record.has_secret,
    nDropped: record.n_dropped ?? 0,
    lastDropMs: record.last_drop_time_ms ?? null,
  };
}

export class HttpWebhooks implements WebhooksApi {
  async list() {
    const body: Wire["ListWebhookRecords"] = { max_results: MOST };
    const reply = await post<Wire["ListWebhookRecordsReply"]>(`${RUNFOLD}webhooks/list`, body);
    return { webhooks: reply.webhooks.map(toWebhook), hosts: reply.hosts };
  }
  async create({ isActive, ...same }: WebhookTexts, secret: string) {
    const body: Wire["CreateWebhookRecord"] = { ...same, secret, is_active: isActive };
    return toWebhook((await post<Wire["WebhookRecordReply"]>(`${RUNFOLD}webhooks/create`, body)).webhook);
  }
  async update(id: string, { isActive, ...same }: Partial<WebhookTexts> & { secret?: string }) {
    const body: Wire["UpdateWebhookRecord"] = { webhook_id: id, ...same, ...(isActive === undefined ? {} : { is_active: isActive }) };
    return toWebhook((await post<Wire["WebhookRecordReply"]>(`${RUNFOLD}webhooks/update`, body)).webhook);
  }
  async remove(id: string) {
    await post(`${RUNFOLD}webhooks/delete`, { webhook_id: id });
  }
  async test(id: string) {
    const reply = await post<Wire["TestWebhookReply"]>(`${RUNFOLD}webhooks/test`, { webhook_id: id });
    return { isDelivered: reply.is_delivered, ms: reply.took_ms, body: reply.body, status: reply.status ?? null, error: reply.error ?? "" };
  }
  async deliveries(id: string) {
    const body: Wire["ListDeliveries"] = { webhook_id: id };
    const reply = await post<Wire["ListDeliveriesReply"]>(`${RUNFOLD}webhooks/deliveries`, body);
    return reply.deliveries.map(({ delivery_id, event, state, body: sent, creation_time_ms, time_ms, n_attempts, status, error }) => ({
      id: delivery_id, event, state, body: sent, createdMs: creation_time_ms, timeMs: time_ms, nAttempts: n_attempts, status: status ?? null, error: error ?? "",
    }));
  }
  async redeliver(deliveryId: string) {
    await post(`${RUNFOLD}webhooks/redeliver`, { delivery_id: deliveryId });
  }
}
