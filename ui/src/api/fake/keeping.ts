/** A server without users has no quotas; this one has no rules either. */
import { ApiError } from "../client";
import type { KeepingApi } from "../keeping/client";

const no = (): Promise<never> => Promise.reject(new ApiError("NOT_IMPLEMENTED", "This server has no users.", 501));

export class FakeKeeping implements KeepingApi {
  usages = no;
  ownUsage = no;
  workspaceUsages = no;
  setQuota = no;
  rules = () => Promise.resolve([]);
  saveRule = no;
  deleteRule = no;
  plan = () => Promise.resolve({ runs: [], nGoing: 0, nStaying: 0, nBytes: 0, whys: {} });
  apply = no;
  passes = () => Promise.resolve([]);
}
