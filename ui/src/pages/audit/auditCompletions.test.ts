import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../../api/audit/model";
import { completionPoint } from "../../lib/filter/complete";
import { completeAudit } from "./auditCompletions";

const record = (user: string, action: string): AuditRecord => ({
  ...{ number: 1, timeMs: 1, token: "", address: "10.0.0.1", object: "", detail: "", result: "allowed", status: 0, nTimes: 1, requestId: "", digest: "" },
  user,
  action,
});
const records = [record("ann", "runs/delete"), record("ben", "runs/delete"), record("", "sign-in")];
const offered = (text: string) => completeAudit(completionPoint(text, text.length), records).map(({ label }) => label);

describe("completeAudit", () => {
  it("offers fields, operators and what is joined", () => {
    expect(offered("req")).toEqual(["request_id"]);
    expect(offered("status ")).toContain(">=");
    expect(offered("user = 'ann' A")).toContain("AND");
  });
  it("offers the values of records that are loaded, each once", () => {
    expect(offered("action = ")).toEqual(["runs/delete", "sign-in"]);
    expect(offered("user = ")).toEqual(["ann", "ben"]);
    expect(offered("result = ")).toEqual(["allowed", "refused", "failed"]);
  });
});
