import type { ModelVersion } from "../../api/registry/model";
import type { Gate, Promotion } from "../../api/registry/rules";
import { lowerIsBetter } from "../../lib/field";
import { exactNumber, plural } from "../../lib/format";
import { tellingMetrics } from "./headline";

export const FIELD_WORDS: Record<string, string> = {
  algorithm: "Algorithm",
  framework: "Framework",
  task: "Task",
  target_platform: "Platform",
  owner: "Owner",
  licence: "Licence",
  signature: "Signature",
  description: "Description",
};

export interface GateWords {
  text: string;
  /** A part that is read as code, behind the text. */
  code?: string;
}

/** A gate as people say it. */
export function gateWords(gate: Gate): GateWords {
  switch (gate.kind) {
    case "filter":
      return { text: "The version fulfils", code: gate.filter };
    case "metric":
      return { text: gate.minGain ? `${gate.higherIsBetter ? "Higher" : "Lower"} by ${exactNumber(gate.minGain)} or more than now:` : `Not ${gate.higherIsBetter ? "lower" : "higher"} than now:`, code: gate.metric };
    case "signature":
      return { text: "Callers of the present version go on working" };
    case "required":
      return { text: `Told of it: ${gate.fields.map((name) => (FIELD_WORDS[name] ?? name).toLowerCase()).join(", ")}` };
  }
}

/** What a request begins with: what the version has to say for itself decides. */
export function usualGates({ card }: Pick<ModelVersion, "card">): Gate[] {
  const [metric] = tellingMetrics(card.metrics, 1);
  return [
    ...(card.signature ? [{ kind: "signature" } as const] : []),
    ...(metric ? [{ kind: "metric", metric: metric.key, higherIsBetter: !lowerIsBetter(metric.key), minGain: 0 } as const] : []),
  ];
}

/** Gates that say something; conditions and metrics that were left empty do not. */
export function saidGates(gates: readonly Gate[]): Gate[] {
  return gates.filter((gate) => {
    switch (gate.kind) {
      case "filter":
        return gate.filter.trim() !== "";
      case "metric":
        return gate.metric !== "";
      case "required":
        return gate.fields.length > 0;
      case "signature":
        return true;
    }
  });
}

/** Who approves, by the last verdict of each whose word counts. */
export function approvers({ reviews, reviewers }: Pick<Promotion, "reviews" | "reviewers">): string[] {
  const last = new Map<string, boolean>();
  for (const { user, verdict } of reviews) {
    if (verdict !== "comment" && (!reviewers.length || reviewers.includes(user))) last.set(user, verdict === "approve");
  }
  return [...last].flatMap(([user, isApproval]) => (isApproval ? user : []));
}

/** Why an open request cannot be merged; empty when it can. */
export function hindrance(request: Promotion): string {
  const nFailed = request.results.filter(({ passed }) => !passed).length;
  const nMissing = request.nApprovals - approvers(request).length;
  const parts = [
    ...(nFailed ? [nFailed === 1 ? "one gate fails" : `${nFailed} gates fail`] : []),
    ...(nMissing > 0 ? [`${plural(nMissing, "approval")} ${nMissing === 1 ? "is" : "are"} missing`] : []),
  ];
  const text = parts.join(", and ");
  return text && `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

/** Why somebody's approval would not count; empty when it would. */
export function whyNotApprove({ user, reviewers }: Pick<Promotion, "user" | "reviewers">, me: string): string {
  if (!me) return "Say who you are first.";
  if (me === user) return "Who asks for a promotion does not approve it.";
  if (reviewers.length && !reviewers.includes(me)) return `You are none of the reviewers: ${reviewers.join(", ")}.`;
  return "";
}
