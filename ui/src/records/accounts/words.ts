import type { Ability } from "../../api/accounts/abilities";
import type { Role } from "../../api/accounts/model";

const BUILT_IN_WORDS = new Map<Role, string>([
  ["none", "No access"],
  ["reader", "Reader"],
  ["contributor", "Contributor"],
  ["manager", "Manager"],
]);

/** What people call a role: one of one's own is called what it is. */
export function roleWord(name: Role): string {
  return BUILT_IN_WORDS.get(name) ?? name;
}

/** The same inside a sentence. */
export function roleInText(name: Role): string {
  return BUILT_IN_WORDS.get(name)?.toLowerCase() ?? name;
}

const BUILT_IN_MEANINGS = new Map<Role, string>([
  ["none", "denies what a wider grant gives"],
  ["reader", "sees everything in it"],
  ["contributor", "also records and changes"],
  ["manager", "also deletes, and says who may do what"],
]);

/** What who has it may do, in a few words, to follow "who". */
export function roleMeaning({ name, abilities }: { name: Role; abilities: readonly Ability[] }): string {
  return BUILT_IN_MEANINGS.get(name) ?? `may ${listed(abilities)}`;
}

/** Of tokens, by the names that the command line has for them. */
const SCOPE_WORDS = new Map<Role, string>([
  ["none", "nothing"],
  ["reader", "read"],
  ["contributor", "log"],
  ["manager", "manage"],
]);

export function scopeWord(scope: Role): string {
  return SCOPE_WORDS.get(scope) ?? scope;
}

const SCOPE_MEANINGS = new Map<Role, string>([
  ["reader", "read: sees what you see"],
  ["contributor", "log: also records and changes"],
  ["manager", "manage: all that you may do"],
]);

export function scopeMeaning({ name, abilities }: { name: Role; abilities: readonly Ability[] }): string {
  return SCOPE_MEANINGS.get(name) ?? `${name}: may ${listed(abilities)}`;
}

/** What each ability lets one do, in plain words. */
export const ABILITY_MEANINGS: Record<Ability, string> = {
  read: "see records and everything in them",
  record: "make experiments and runs, log to them, tag and describe them, keep views",
  organize: "rename experiments, move runs to others, to the trash and back",
  register: "register models and versions, describe and tag them, ask for promotions",
  promote: "move aliases and stages of models, review and merge promotions",
  submit: "submit, stop and repeat jobs, and name kept secrets in them",
  develop: "register projects and change them",
  serve: "run jobs as an agent",
  delete: "delete experiments, models, versions and projects, and rename models",
  retain: "keep rules of retention, which remove runs for good",
  operate: "make, change and delete targets, describe the workspace and see what it keeps",
  secrets: "keep and delete secrets",
  share: "say who else may do what",
  account: "manage one's own account, by a token",
};

/** "read, record and promote" */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
