/** Whose quota it is, in words. */
import type { Usage } from "../../api/keeping/model";

export const isDefault = (usage: Usage) => usage.owner === "default";

export function ownerWord(owner: string): string {
  if (owner === "default") return "All users without a quota of their own";
  if (owner === "nobody") return "Nobody (made before there were users)";
  if (owner.startsWith("workspace:")) return `Workspace ${owner.slice("workspace:".length)}`;
  return owner.slice("user:".length) || "Somebody who is gone";
}
