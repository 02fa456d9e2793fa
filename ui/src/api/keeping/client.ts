import type { Quota, RetentionPass, RetentionPlan, RetentionRule, Usage } from "./model";

export interface KeepingApi {
  /** Of everybody, for administrators: the default first. */
  usages(): Promise<Usage[]>;
  ownUsage(): Promise<Usage>;
  /** Of the workspaces that one manages. */
  workspaceUsages(): Promise<Usage[]>;
  setQuota(owner: string, quota: Quota): Promise<void>;

  /** Of one workspace; empty: the server's own; null: all that are for who asks to keep. */
  rules(workspace: string | null): Promise<RetentionRule[]>;
  saveRule(rule: RetentionRule): Promise<void>;
  deleteRule(rule: RetentionRule): Promise<void>;
  /** What a pass of the rule would do now; it need not be saved. */
  plan(rule: RetentionRule): Promise<RetentionPlan>;
  apply(rule: RetentionRule): Promise<RetentionPass>;
  /** Newest first; of whose rules, as `rules` has it. */
  passes(workspace: string | null): Promise<RetentionPass[]>;
}
