/** Whose quota it is, in words. */
import type { Usage } from "../../api/keeping/model";

const OF_WORKSPACES = "default:workspaces";

export const isDefault = ({ owner }: Usage) => owner === "default" || owner === OF_WORKSPACES;

/** Whether it is about a workspace, or all of them, in which many work together. */
export const isShared = ({ owner }: Usage) => owner.startsWith("workspace:") || owner === OF_WORKSPACES;

/** Which quota limits an owner: their own, the default's, or some of both. */
export function quotaWord(usage: Usage): string {
  if (isDefault(usage) || usage.owner === "nobody") return "";
  const { own, limits } = usage;
  const pairs = [
    [own.maxRuns, limits.maxRuns],
    [own.maxBytes, limits.maxBytes],
    [own.maxPoints, limits.maxPoints],
    [own.maxRequestsPerS, limits.maxRequestsPerS],
  ];
  const words = [pairs.some(([mine]) => mine !== null) && "own", pairs.some(([mine, limit]) => mine === null && limit !== null && limit !== -1) && "default"];
  return words.filter(Boolean).join(", ");
}

export function ownerWord(owner: string): string {
  if (owner === "default") return "All users without a quota of their own";
  if (owner === OF_WORKSPACES) return "All workspaces without a quota of their own";
  if (owner === "nobody") return "Nobody (made before there were users)";
  if (owner.startsWith("workspace:")) return `Workspace ${owner.slice("workspace:".length)}`;
  return owner.slice("user:".length) || "Somebody who is gone";
}
