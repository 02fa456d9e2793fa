import type { Page } from "../model";
import type { AuditHead, AuditRecord } from "./model";

/** Who did what; for administrators. */
export interface AuditApi {
  /** Newest first. */
  search(query: { filter: string; cursor: string; limit: number }, signal?: AbortSignal): Promise<Page<AuditRecord>>;
  head(): Promise<AuditHead>;
}
