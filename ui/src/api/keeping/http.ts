/** What a real server keeps. */
import type { components } from "../schema";
import { RUNFOLD, post } from "../transport";
import type { KeepingApi } from "./client";
import type { Quota, RetentionPass, RetentionRule, Usage } from "./model";

type Wire = components["schemas"];

function toQuota(quota: Wire["QuotaMessage"]): Quota {
  return { maxRuns: quota.max_runs ?? null, maxBytes: quota.max_bytes ?? null, maxPoints: quota.max_points ?? null, maxRequestsPerS: quota.max_requests_per_s ?? null };
}

function toUsage(usage: Wire["UsageMessage"]): Usage {
  return {
    owner: usage.owner,
    nRuns: usage.n_runs,
    nBytes: usage.n_bytes,
    nPoints: usage.n_points ?? 0,
    nRequestsToday: usage.n_requests_today,
    nRequests: usage.n_requests,
    own: toQuota(usage.own),
    limits: toQuota(usage.limits),
  };
}

function toRule(rule: Wire["RuleMessage"]): RetentionRule {
  return {
    name: rule.name,
    workspace: rule.workspace ?? "",
    place: rule.place ?? "everything",
    filter: rule.filter ?? "",
    bestBy: rule.best_by ?? "",
    keepBest: rule.keep_best ?? 0,
    keepLast: rule.keep_last ?? 0,
    per: rule.per ?? "",
    afterDays: rule.after_days ?? 30,
    path: rule.path ?? "",
    trashDays: rule.trash_days ?? null,
    everyHours: rule.every_hours ?? 24,
    isActive: rule.is_active ?? true,
    nextMs: rule.next_time_ms ?? 0,
    keptBy: rule.kept_by ?? "",
    rests: rule.rests ?? "",
  };
}

function fromRule(rule: RetentionRule): Wire["RuleMessage"] {
  return {
    name: rule.name,
    workspace: rule.workspace,
    place: rule.place,
    filter: rule.filter,
    best_by: rule.bestBy,
    keep_best: rule.keepBest,
    keep_last: rule.keepLast,
    per: rule.per,
    after_days: rule.afterDays,
    retires: rule.path ? "files" : "runs",
    path: rule.path,
    trash_days: rule.trashDays,
    every_hours: rule.everyHours,
    is_active: rule.isActive,
    next_time_ms: rule.nextMs,
  };
}

function toPass(done: Wire["PassMessage"]): RetentionPass {
  return {
    number: done.number,
    rule: done.rule,
    workspace: done.workspace ?? "",
    by: done.by ?? "",
    startMs: done.start_time_ms ?? 0,
    endMs: done.end_time_ms ?? null,
    nRetired: done.n_retired ?? 0,
    nBytes: done.n_bytes ?? 0,
    nPurged: done.n_purged ?? 0,
    error: done.error ?? "",
  };
}

function of(workspace: string | null): { workspace?: string } {
  return workspace === null ? {} : { workspace };
}

export class HttpKeeping implements KeepingApi {
  async usages() {
    return ((await post<Wire["UsagesReply"]>(`${RUNFOLD}usage/list`, {})).usages ?? []).map(toUsage);
  }
  async ownUsage() {
    return toUsage((await post<Wire["UsageReply"]>(`${RUNFOLD}usage/get`, {})).usage);
  }
  async workspaceUsages() {
    return ((await post<Wire["UsagesReply"]>(`${RUNFOLD}usage/workspaces`, {})).usages ?? []).map(toUsage);
  }
  async setQuota(owner: string, quota: Quota) {
    await post(`${RUNFOLD}quotas/set`, { owner, max_runs: quota.maxRuns, max_bytes: quota.maxBytes, max_points: quota.maxPoints, max_requests_per_s: quota.maxRequestsPerS });
  }
  async rules(workspace: string | null) {
    return ((await post<Wire["RulesReply"]>(`${RUNFOLD}retention/list`, of(workspace))).rules ?? []).map(toRule);
  }
  async saveRule(rule: RetentionRule) {
    await post(`${RUNFOLD}retention/save`, fromRule(rule));
  }
  async deleteRule({ name, workspace }: RetentionRule) {
    await post(`${RUNFOLD}retention/delete`, { name, workspace });
  }
  async plan(rule: RetentionRule) {
    const plan = await post<Wire["PlanReply"]>(`${RUNFOLD}retention/plan`, fromRule(rule));
    return {
      runs: [
        ...plan.going.map((run) => ({ runId: run.run_id, name: run.name, nBytes: run.n_bytes, why: null })),
        ...plan.staying.map((run) => ({ runId: run.run_id, name: run.name, nBytes: 0, why: run.why })),
      ],
      nGoing: plan.n_going,
      nStaying: plan.n_staying,
      nBytes: plan.n_bytes,
      whys: plan.whys,
    };
  }
  async apply({ name, workspace }: RetentionRule) {
    return toPass((await post<Wire["PassReply"]>(`${RUNFOLD}retention/apply`, { name, workspace })).retention_pass);
  }
  async passes(workspace: string | null) {
    return ((await post<Wire["PassesReply"]>(`${RUNFOLD}retention/passes`, of(workspace))).passes ?? []).map(toPass);
  }
}
