/** What the filter of the audit offers at the cursor. */
import type { AuditRecord } from "../../api/audit/model";
import { type CompletionPoint, quoteValue } from "../../lib/filter/complete";
import { type Completion, JOINERS, NUMBER_OPERATORS, TEXT_OPERATORS, offerOperators, startingWith } from "../../lib/filter/offer";

const FIELDS: readonly [string, string][] = [
  ["user", "who"],
  ["action", "what was called, or sign-in"],
  ["object", "such as run:ID or experiment:ID"],
  ["result", "allowed, refused or failed"],
  ["time", "such as '2026-11-01'"],
  ["address", "from where"],
  ["token", "its beginning and name"],
  ["detail", "such as role=reader"],
  ["status", "of the answer, by HTTP"],
  ["request_id", "as in the server's log"],
  ["number", "the place in the chain"],
];
const NUMERIC = new Set(["status", "number", "time"]);
const RESULTS = ["allowed", "refused", "failed"];
const SHOWN = 60;

/** Values come from the records that are loaded. */
export function completeAudit({ expectation, prefix: typed }: CompletionPoint, records: readonly AuditRecord[]): Completion[] {
  const prefix = typed.toLowerCase();
  switch (expectation.want) {
    case "field":
      return FIELDS.filter(([name]) => name.includes(prefix)).map(([name, note]) => ({ label: name, note, insert: `${name} ` }));
    case "operator":
      return startingWith(offerOperators(NUMERIC.has(expectation.field.key) ? NUMBER_OPERATORS : TEXT_OPERATORS), prefix);
    case "value":
      return valuesOf(expectation.field.key, records)
        .filter((text) => text.toLowerCase().includes(prefix))
        .slice(0, SHOWN)
        .map((text) => ({ label: text.slice(0, 120), note: "", insert: `${quoteValue(text)} ` }));
    case "joiner":
      return startingWith(JOINERS, prefix);
  }
}

function valuesOf(key: string, records: readonly AuditRecord[]): string[] {
  switch (key) {
    case "result":
      return RESULTS;
    case "user":
    case "action":
    case "object":
    case "address":
    case "token":
      return [...new Set(records.map((record) => record[key]))].filter(Boolean);
    default:
      return [];
  }
}
