/** The workspaces of a real server. They are asked for outside of any, so that a workspace that is gone breaks no page about the others. */
import type { components } from "../schema";
import { MLFLOW_3, outside } from "../transport";
import type { Workspace, WorkspacesApi } from "./client";

type Wire = components["schemas"];

const ALL = `${MLFLOW_3}workspaces`;

function pathOf(name: string): string {
  return `${ALL}/${encodeURIComponent(name)}`;
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
  async remove(name: string) {
    await outside("DELETE", `${pathOf(name)}?mode=RESTRICT`);
  }
}
