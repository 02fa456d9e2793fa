import type { Quota, RetentionPass, RetentionPlan, RetentionRule, Usage } from "./model";

export interface KeepingApi {
  /** Of everybody, for administrators: the default first. */
  usages(): Promise<Usage[]>;
  ownUsage(): Promise<Usage>;
  setQuota(owner: string, quota: Quota): Promise<void>;

  rules(): Promise<RetentionRule[]>;
  saveRule(rule: RetentionRule): Promise<void>;
  deleteRule(name: string): Promise<void>;
  /** What a pass of the rule would do now; it need not be saved. */
  plan(rule: RetentionRule): Promise<RetentionPlan>;
  apply(name: string): Promise<RetentionPass>;
  /** Newest first. */
  passes(): Promise<RetentionPass[]>;
}
