/** A server on a laptop, which has the default workspace alone. */
import { ApiError } from "../client";
import type { WorkspacesApi } from "../workspaces/client";

const no = (): Promise<never> => Promise.reject(new ApiError("NOT_IMPLEMENTED", "This server makes no workspaces.", 501));

export class FakeWorkspaces implements WorkspacesApi {
  list = () => Promise.resolve([{ name: "default", description: "", filesUri: "" }]);
  create = no;
  update = no;
  remove = no;
  planRemoval = no;
  trashed = () => Promise.resolve([]);
  restore = no;
  purge = no;
}
