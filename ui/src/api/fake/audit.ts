/** A server without users keeps no audit. */
import type { AuditApi } from "../audit/client";
import { ApiError } from "../client";

const no = (): Promise<never> => Promise.reject(new ApiError("NOT_IMPLEMENTED", "This server has no users.", 501));

export class FakeAudit implements AuditApi {
  search = no;
  head = no;
}
