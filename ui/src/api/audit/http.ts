import type { components } from "../schema";
import { RUNFOLD, post } from "../transport";
import type { AuditApi } from "./client";
import type { AuditRecord } from "./model";

type Wire = components["schemas"];

function toRecord(record: Wire["AuditRecordMessage"]): AuditRecord {
  return {
    number: record.number,
    timeMs: record.time_ms,
    user: record.user ?? "",
    token: record.token ?? "",
    address: record.address ?? "",
    action: record.action,
    object: record.object ?? "",
    detail: record.detail ?? "",
    result: record.result,
    status: record.status ?? 0,
    nTimes: record.n_times ?? 1,
    requestId: record.request_id ?? "",
    digest: record.digest,
  };
}

/** The audit of a real server. */
export class HttpAudit implements AuditApi {
  async search({ filter, cursor, limit }: { filter: string; cursor: string; limit: number }, signal?: AbortSignal) {
    const body: Wire["SearchAudit"] = { filter, page_token: cursor, max_results: limit };
    const reply = await post<Wire["AuditPage"]>(`${RUNFOLD}audit/search`, body, signal);
    return { items: (reply.records ?? []).map(toRecord), nextCursor: reply.next_page_token ?? "" };
  }
  async head() {
    const head = await post<Wire["AuditHeadMessage"]>(`${RUNFOLD}audit/head`, {});
    return { number: head.number, digest: head.digest, archived: head.archived ?? 0 };
  }
}
