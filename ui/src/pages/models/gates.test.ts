import { describe, expect, it } from "vitest";
import type { ModelVersion } from "../../api/registry/model";
import type { Promotion, Review } from "../../api/registry/rules";
import { approvers, gateWords, hindrance, saidGates, usualGates, whyNotApprove } from "./gates";

const review = (user: string, verdict: Review["verdict"]): Review => ({ user, verdict, timeMs: 0, comment: "" });
const request = (part: Partial<Promotion>): Promotion => ({
  id: "1", name: "churn", version: 3, alias: "champion", state: "open", createdMs: 0, updatedMs: 0, description: "", user: "ada",
  reviewers: [], nApprovals: 0, gates: [], results: [], reviews: [], canMerge: false, ...part,
});
const card = (metrics: string[], signature: string) => ({ card: { metrics: metrics.map((key) => ({ key, value: 1, step: 0 })), signature } }) as unknown as ModelVersion;

describe("gates", () => {
  it("are said in words", () => {
    expect(gateWords({ kind: "metric", metric: "auc", higherIsBetter: true, minGain: 0.01 })).toEqual({ text: "Higher by 0.01 or more than now:", code: "auc" });
    expect(gateWords({ kind: "metric", metric: "rmse", higherIsBetter: false, minGain: 0 })).toEqual({ text: "Not higher than now:", code: "rmse" });
    expect(gateWords({ kind: "required", fields: ["owner", "target_platform"] }).text).toBe("Told of it: owner, platform");
  });

  it("begin with the signature and the most telling metric, and know which way is better", () => {
    expect(usualGates(card(["rmse"], "{}"))).toEqual([{ kind: "signature" }, { kind: "metric", metric: "rmse", higherIsBetter: false, minGain: 0 }]);
    expect(usualGates(card([], ""))).toEqual([]);
  });

  it("that say nothing are left out", () => {
    expect(saidGates([{ kind: "filter", filter: " " }, { kind: "required", fields: [] }, { kind: "signature" }])).toEqual([{ kind: "signature" }]);
  });
});

describe("approvals", () => {
  it("are the last verdict of each reviewer whose word counts", () => {
    const reviews = [review("eve", "approve"), review("bob", "approve"), review("bob", "reject"), review("eve", "comment"), review("mallory", "approve")];
    expect(approvers({ reviews, reviewers: ["eve", "bob"] })).toEqual(["eve"]);
  });

  it("that are missing hinder, as do gates that fail", () => {
    const results = [{ passed: false, explanation: "" }, { passed: true, explanation: "" }];
    expect(hindrance(request({ results, nApprovals: 2, reviews: [review("eve", "approve")] }))).toBe("One gate fails, and 1 approval is missing.");
    expect(hindrance(request({}))).toBe("");
  });

  it("are not given by the author, by strangers or by nobody", () => {
    expect(whyNotApprove(request({}), "ada")).toMatch(/Who asks/);
    expect(whyNotApprove(request({ reviewers: ["bob"] }), "eve")).toMatch(/none of the reviewers/);
    expect(whyNotApprove(request({}), "")).toMatch(/who you are/);
    expect(whyNotApprove(request({ reviewers: ["eve"] }), "eve")).toBe("");
  });
});
