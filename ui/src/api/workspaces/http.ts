/** The workspaces of a real server. They are asked for outside of any, so that a workspace that is gone breaks no page about the others. */
import type { components } from "../schema";
import { MLFLOW_3, RUNFOLD, outside } from "../transport";
import type { Contents, Excess, RemovalMode, Workspace, WorkspacesApi } from "./client";

type Wire = components["schemas"];

const ALL = `${MLFLOW_3}workspaces`;

function pathOf(name: string): string {
  return `${ALL}/${encodeURIComponent(name)}`;
}

function toContents(contents: Wire["ContentsMessage"]): Contents {
  return {
    nExperiments: contents.n_experiments ?? 0,
    nRuns: contents.n_runs ?? 0,
    nModels: contents.n_models ?? 0,
    nVersions: contents.n_versions ?? 0,
    nProjects: contents.n_projects ?? 0,
    nTargets: contents.n_targets ?? 0,
    nSecrets: contents.n_secrets ?? 0,
    nViews: contents.n_views ?? 0,
    nJobs: contents.n_jobs ?? 0,
    nRunning: contents.n_running ?? 0,
    nRules: contents.n_rules ?? 0,
    nGrants: contents.n_grants ?? 0,
    nBytes: contents.n_bytes ?? 0,
  };
}

function toExcess({ what, limit, n_kept, n_added }: Wire["ExcessMessage"]): Excess {
  return { what: what as Excess["what"], limit, nKept: n_kept, nAdded: n_added };
}

export class HttpWorkspaces implements WorkspacesApi {
  async list() {
    const { workspaces } = await outside<Wire["WorkspacesReply"]>("GET", ALL);
    return (workspaces ?? []).map(
      ({ name, description, default_artifact_root }): Workspace => ({ name, description: description ?? "", filesUri: default_artifact_root ?? "" }),
    );
  }
  async create({ name, description, filesUri }: Workspace) {
    await outside("POST", ALL, { name, description, default_artifact_root: filesUri });
  }
  async update(name: string, { description, filesUri }: { description?: string; filesUri?: string }) {
    const body = { ...(description === undefined ? {} : { description }), ...(filesUri === undefined ? {} : { default_artifact_root: filesUri }) };
    await outside("PATCH", pathOf(name), body);
  }
  async remove(name: string, mode: RemovalMode, to: string) {
    await outside("POST", `${RUNFOLD}workspaces/delete`, { workspace_name: name, mode, to });
  }
  async planRemoval(name: string, mode: RemovalMode, to: string) {
    const plan = await outside<Wire["DeletionReply"]>("POST", `${RUNFOLD}workspaces/delete`, { workspace_name: name, mode, to, dry_run: true });
    return { contents: toContents(plan.contents), clashes: plan.clashes ?? [], nClashes: plan.n_clashes ?? 0, excesses: (plan.excesses ?? []).map(toExcess) };
  }
  async trashed() {
    const { workspaces } = await outside<Wire["TrashedWorkspacesReply"]>("POST", `${RUNFOLD}workspaces/trash`, {});
    return (workspaces ?? []).map(({ name, description, deleted_time_ms }) => ({ name, description: description ?? "", deletedMs: deleted_time_ms }));
  }
  async restore(name: string) {
    await outside("POST", `${RUNFOLD}workspaces/restore`, { workspace_name: name });
  }
  async purge(name: string, isTrial: boolean) {
    const report = await outside<Wire["PurgeWorkspaceReply"]>("POST", `${RUNFOLD}workspaces/purge`, { workspace_name: name, dry_run: isTrial });
    return { contents: toContents(report.contents), nFiles: report.n_files, nBytes: report.n_bytes, unreachable: report.unreachable ?? [] };
  }
}
