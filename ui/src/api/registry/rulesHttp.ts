/** Promotion requests and policies of a real server. */
import type { components } from "../schema";
import { RUNFOLD, post } from "../transport";
import type { Gate, ModelPolicy, Promotion, PromotionAsk, PromotionState, Verdict } from "./rules";
import type { RulesApi } from "./rulesClient";

type Wire = components["schemas"];

function toGate(gate: Wire["GateMessage"]): Gate {
  switch (gate.kind) {
    case "filter":
      return { kind: "filter", filter: gate.filter ?? "" };
    case "metric":
      return { kind: "metric", metric: gate.metric ?? "", higherIsBetter: gate.higher_is_better ?? true, minGain: gate.min_gain ?? 0 };
    case "signature":
      return { kind: "signature" };
    case "required":
      return { kind: "required", fields: gate.fields ?? [] };
  }
}

function fromGate(gate: Gate): Wire["GateMessage"] {
  return gate.kind === "metric" ? { kind: "metric", metric: gate.metric, higher_is_better: gate.higherIsBetter, min_gain: gate.minGain } : gate;
}

function toPromotion(message: Wire["PromotionMessage"]): Promotion {
  return {
    id: message.request_id,
    name: message.name,
    version: message.version,
    alias: message.alias,
    state: message.state,
    createdMs: message.creation_time_ms,
    updatedMs: message.last_update_time_ms,
    description: message.description ?? "",
    user: message.user_id ?? "",
    reviewers: message.reviewers ?? [],
    nApprovals: message.n_approvals ?? 0,
    gates: (message.gates ?? []).map(toGate),
    results: message.results ?? [],
    reviews: (message.reviews ?? []).map(({ user_id, verdict, time_ms, comment }) => ({ user: user_id, verdict, timeMs: time_ms, comment: comment ?? "" })),
    canMerge: message.is_mergeable,
  };
}

function toPolicy({ policy }: Wire["ModelPolicyReply"]): ModelPolicy {
  return { flavours: policy.flavours ?? [], serialisations: policy.serialisations ?? [], scan: policy.scan ?? null, required: policy.required ?? [] };
}

export class HttpRules implements RulesApi {
  async askPromotion({ user, nApprovals, gates, ...same }: PromotionAsk) {
    const body: Wire["CreatePromotion"] = { ...same, user_id: user, n_approvals: nApprovals, gates: gates.map(fromGate) };
    return this.promotion("create", body);
  }
  async listPromotions(name: string, states: PromotionState[]) {
    const body: Wire["ListPromotions"] = { name, states };
    return (await post<Wire["PromotionsReply"]>(`${RUNFOLD}promotions/list`, body)).promotions.map(toPromotion);
  }
  async reviewPromotion(id: string, verdict: Verdict, user: string, comment: string) {
    const body: Wire["ReviewPromotion"] = { request_id: id, verdict, user_id: user, comment };
    return this.promotion("review", body);
  }
  async mergePromotion(id: string, user: string) {
    const body: Wire["MergePromotion"] = { request_id: id, user_id: user };
    return this.promotion("merge", body);
  }
  async withdrawPromotion(id: string) {
    return this.promotion("withdraw", { request_id: id });
  }
  private async promotion(verb: string, body: object): Promise<Promotion> {
    return toPromotion((await post<Wire["PromotionReply"]>(`${RUNFOLD}promotions/${verb}`, body)).promotion);
  }

  async getPolicy(name: string) {
    return toPolicy(await post<Wire["ModelPolicyReply"]>(`${RUNFOLD}model-policies/get`, { name }));
  }
  async setPolicy(name: string, policy: ModelPolicy, user: string) {
    const body: Wire["SetModelPolicy"] = { name, policy, user_id: user };
    return toPolicy(await post<Wire["ModelPolicyReply"]>(`${RUNFOLD}model-policies/set`, body));
  }
}
