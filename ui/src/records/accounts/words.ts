import type { Role } from "../../api/accounts/model";

export const ROLE_WORDS: Record<Role, string> = { none: "No access", reader: "Reader", contributor: "Contributor", manager: "Manager" };

/** What each may do, in a few words. */
export const ROLE_MEANINGS: Record<Role, string> = {
  none: "denies what a wider grant gives",
  reader: "sees everything in it",
  contributor: "also records and changes",
  manager: "also deletes, and says who may do what",
};

/** Of tokens, by the names that the command line has for them. */
export const SCOPE_WORDS: Record<Role, string> = { none: "nothing", reader: "read", contributor: "log", manager: "manage" };

export const SCOPE_MEANINGS: Record<Role, string> = {
  none: "nothing",
  reader: "read: sees what you see",
  contributor: "log: also records and changes",
  manager: "manage: all that you may do",
};
