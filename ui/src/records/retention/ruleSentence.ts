/** A rule as a sentence. */
import type { RetentionRule } from "../../api/keeping/model";

type Said = Pick<RetentionRule, "filter" | "bestBy" | "keepBest" | "keepLast" | "per" | "afterDays" | "path" | "trashDays">;

const days = (n: number) => `${n} ${n === 1 ? "day" : "days"}`;

export function ruleSentence(rule: Said): string {
  const kept = [rule.keepBest ? `the best ${rule.keepBest} by ${rule.bestBy}` : "", rule.keepLast ? `the last ${rule.keepLast}` : ""].filter(Boolean);
  const keep = kept.length ? `Keep ${kept.join(" and ")}${rule.per ? ` per ${rule.per}` : ""}; ` : "";
  const what = `${rule.path ? `files below ${rule.path} of ` : ""}${kept.length ? "other runs" : "runs"}${rule.filter ? ` with ${rule.filter}` : ""}`;
  const purge = rule.trashDays === null ? "" : `, and for good ${days(rule.trashDays)} later`;
  return `${keep}${what} go to the trash after ${days(rule.afterDays)}${purge}`;
}
