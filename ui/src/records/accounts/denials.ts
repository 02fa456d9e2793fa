/** In words: what a role is missing for, and who can grant it. */
import type { OwnRole, Role } from "../../api/accounts/model";
import { isAtLeast } from "../../api/accounts/model";
import type { Denial } from "../../components/denial";
import { placeWord } from "./places";

/** What who sits here may do with a record. Null: they may; a denial says why not. */
export interface Rights {
  /** Undefined while it is not known, or where nobody is asked. */
  role: Role | undefined;
  /** False while the server is asked; nothing is done until then. */
  isKnown: boolean;
  edit: Denial | null;
  manage: Denial | null;
  /** Something of their own, in a folder or workspace. */
  begin: Denial | null;
}

export const MAY_ALL: Rights = { role: undefined, isKnown: true, edit: null, manage: null, begin: null };

const LOOKING: Denial = { short: "one moment", text: "What you may do here is being looked up." };

export const NOT_KNOWN_YET: Rights = { role: undefined, isKnown: false, edit: LOOKING, manage: LOOKING, begin: LOOKING };

export const FOR_ADMINISTRATORS: Denial = {
  short: "administrators",
  text: "This is for administrators. Ask one of them to do it.",
};

export function rightsOf(record: string, own: OwnRole): Rights {
  const needs = (needed: Role) => (isAtLeast(own.role, needed) ? null : denialOf(record, own.role, needed));
  return { role: own.role, isKnown: true, edit: needs("contributor"), manage: needs("manager"), begin: own.begins ? null : denialOf(record, own.role, "contributor") };
}

const YOU_ARE: Record<Role, string> = { none: "You have no role", reader: "You are a reader", contributor: "You are a contributor", manager: "You are a manager" };

export function denialOf(record: string, role: Role, needed: Role): Denial {
  const kind = record.split(":", 1)[0];
  const place = kind === "experiment" || kind === "job" || /(^|\/)(model|project|target|dataset):/.test(record) ? "here" : `on ${placeWord(record)}`;
  const granting = kind === "everything" ? "an administrator can grant it" : kind === "job" ? "who manages its project, or an administrator, can grant it" : `who manages ${grantedOn(record)}, or an administrator, can grant it`;
  return { short: `needs ${needed}`, text: `${YOU_ARE[role]} ${place}. This needs the role ${needed}: ${granting}.` };
}

function grantedOn(record: string): string {
  const kind = /(?:^|\/)(model|project|target|dataset):/.exec(record)?.[1];
  return kind ? `the ${kind}` : placeWord(record).replace(/^this /, "the ");
}

/**
 * Of several records that one thing is done to: those that it cannot be done to, by name.
 *
 * @param names of all, with what stands against each
 */
export function denialOfSome(names: readonly (readonly [string, Denial | null])[], what: string): Denial | null {
  const against = names.filter(([, denied]) => denied !== null);
  const [first] = against;
  if (!first?.[1]) return null;
  if (names.length === 1) return first[1];
  const shown = against.slice(0, SHOWN).map(([name]) => `“${name}”`);
  const rest = against.length > SHOWN ? ` and ${against.length - SHOWN} more` : "";
  const which = against.length === names.length ? `all ${names.length} ${what}` : `${against.length} of ${names.length} ${what}`;
  return { short: first[1].short, text: `Not possible for ${which}: ${shown.join(", ")}${rest}. ${first[1].text}` };
}

const SHOWN = 3;
