/** Promotion requests and policies made up in memory. */
import { ApiError } from "../client";
import type { ModelVersion } from "../registry/model";
import type { Gate, GateResult, ModelPolicy, Promotion, PromotionAsk, PromotionState, Review, Verdict } from "../registry/rules";
import type { RulesApi } from "../registry/rulesClient";
import type { FakeRegistry } from "./registry";

const HOUR = 3_600_000;
const NONE: ModelPolicy = { flavours: [], serialisations: [], scan: null, required: [] };

type Answer = <T>(make: () => T) => Promise<T>;
type Kept = Omit<Promotion, "results" | "canMerge"> & { closed: GateResult[] };

export class FakeRules implements RulesApi {
  private requests: Kept[] = [];
  private readonly policies = new Map<string, ModelPolicy>([["", { ...NONE, required: ["owner"] }]]);

  constructor(
    private readonly answer: Answer,
    private readonly now: () => number,
    private readonly registry: FakeRegistry,
    isEmpty: boolean,
  ) {
    if (!isEmpty) this.requests = usual(now());
  }

  private full(request: Kept): Promotion {
    const results = request.state === "open" ? request.gates.map((gate) => this.check(gate, request)) : request.closed;
    const nApprovals = new Set(request.reviews.filter(({ verdict }) => verdict === "approve").map(({ user }) => user)).size;
    return { ...request, results, canMerge: request.state === "open" && results.every(({ passed }) => passed) && nApprovals >= request.nApprovals };
  }

  private check(gate: Gate, { name, version, alias }: Kept): GateResult {
    const wanted = this.registry.peek(name, version);
    const present = this.registry.peek(name, this.registry.aliased(name, alias));
    switch (gate.kind) {
      case "metric": {
        const [value, before] = [metricOf(wanted, gate.metric), metricOf(present, gate.metric)];
        if (value === undefined) return { passed: false, explanation: `The version has no metric '${gate.metric}'.` };
        if (before === undefined) return { passed: true, explanation: `${gate.metric} is ${value}; there is nothing to compare it with.` };
        const gain = gate.higherIsBetter ? value - before : before - value;
        return { passed: gain >= gate.minGain, explanation: `${gate.metric} is ${value.toPrecision(4)}, in version ${present?.version} ${before.toPrecision(4)}; wanted is a gain of ${gate.minGain} or more.` };
      }
      case "required": {
        const missing = gate.fields.filter((field) => field === "licence" && !wanted?.card.licence);
        return { passed: !missing.length, explanation: missing.length ? `Nothing says its ${missing.join(", ")}.` : "All that is required is told." };
      }
      case "filter":
        return { passed: true, explanation: `The version fulfils ${gate.filter}.` };
      case "signature":
        return { passed: true, explanation: `It takes what version ${present?.version ?? 1} takes.` };
    }
  }

  private open(id: string): Kept {
    const found = this.requests.find((request) => request.id === id);
    if (!found) throw new ApiError("RESOURCE_DOES_NOT_EXIST", `There is no promotion request ${id}.`, 404);
    if (found.state !== "open") throw new ApiError("INVALID_STATE", `The promotion request ${id} is ${found.state} already.`, 400);
    return found;
  }

  private change(request: Kept, patch: Partial<Kept>): Promotion {
    const changed = { ...request, ...patch, updatedMs: this.now() };
    this.requests = this.requests.map((other) => (other === request ? changed : other));
    return this.full(changed);
  }

  askPromotion(ask: PromotionAsk) {
    return this.answer(() => {
      const made: Kept = { ...ask, id: `request-${this.requests.length}`, state: "open", createdMs: this.now(), updatedMs: this.now(), reviews: [], closed: [] };
      this.requests = [made, ...this.requests];
      return this.full(made);
    });
  }
  listPromotions(name: string, states: PromotionState[]) {
    return this.answer(() =>
      this.requests.filter((request) => (!name || request.name === name) && (!states.length || states.includes(request.state))).map((request) => this.full(request)),
    );
  }
  reviewPromotion(id: string, verdict: Verdict, user: string, comment: string) {
    return this.answer(() => {
      const request = this.open(id);
      const review: Review = { user, verdict, comment, timeMs: this.now() };
      return this.change(request, { reviews: [...request.reviews, review], ...(verdict === "reject" ? { state: "rejected" } : {}) });
    });
  }
  async mergePromotion(id: string) {
    const request = this.open(id);
    const { results } = this.full(request);
    await this.registry.setAlias(request.name, request.alias, request.version, `Promotion request ${id}. ${request.description}`);
    return this.change(request, { state: "merged", closed: results });
  }
  withdrawPromotion(id: string) {
    return this.answer(() => this.change(this.open(id), { state: "withdrawn" }));
  }

  getPolicy(name: string) {
    return this.answer(() => this.policies.get(name) ?? NONE);
  }
  setPolicy(name: string, policy: ModelPolicy) {
    return this.answer(() => {
      this.policies.set(name, policy);
      return policy;
    });
  }
}

function metricOf(version: ModelVersion | undefined, key: string): number | undefined {
  return version?.card.metrics.find((metric) => metric.key === key)?.value;
}

/** One that waits and two that are decided. */
function usual(now: number): Kept[] {
  const base = { name: "churn", alias: "champion", user: "ada", reviewers: ["eve", "bob"], nApprovals: 2 };
  const passed = [{ passed: true, explanation: "It takes what version 22 takes." }];
  return [
    {
      ...base, id: "request-c", version: 27, state: "open", createdMs: now - 5 * HOUR, updatedMs: now - HOUR, closed: [],
      description: "Two points better on the holdout of **October**; calibration is checked in the report of the run.",
      gates: [{ kind: "signature" }, { kind: "metric", metric: "val/auc", higherIsBetter: true, minGain: 0.001 }, { kind: "filter", filter: "metrics.latency_ms < 8" }, { kind: "required", fields: ["owner", "licence"] }],
      reviews: [{ user: "eve", verdict: "approve", timeMs: now - HOUR, comment: "Looked at the slices by country: none is worse." }],
    },
    { ...base, id: "request-b", version: 24, state: "merged", createdMs: now - 600 * HOUR, updatedMs: now - 590 * HOUR, description: "", gates: [{ kind: "signature" }], closed: passed, reviews: [] },
    {
      ...base, id: "request-a", version: 23, state: "rejected", createdMs: now - 700 * HOUR, updatedMs: now - 690 * HOUR, description: "", gates: [{ kind: "signature" }], closed: [],
      reviews: [{ user: "bob", verdict: "reject", timeMs: now - 690 * HOUR, comment: "Trained on a week that lacks three days." }],
    },
  ];
}
