/** In words: what an ability is missing for, and who can grant it. */
import { type Ability, builtInWith, leastRoleWith } from "../../api/accounts/abilities";
import type { OwnRole } from "../../api/accounts/model";
import type { Denial } from "../../components/denial";
import { ACTS, type Act } from "./acts";
import { placeWord } from "./places";
import { listed } from "./words";

/** What who sits here may do with a record. */
export interface Rights {
  /** Undefined while it is not known, or where nobody is asked. */
  abilities: readonly Ability[] | undefined;
  /** False while the server is asked; nothing is done until then. */
  isKnown: boolean;
  /** Null: they may; a denial says why not. */
  to: (act: Act) => Denial | null;
}

export const MAY_ALL: Rights = { abilities: undefined, isKnown: true, to: () => null };

const LOOKING: Denial = { short: "one moment", text: "What you may do here is being looked up." };

export const NOT_KNOWN_YET: Rights = { abilities: undefined, isKnown: false, to: () => LOOKING };

export const FOR_ADMINISTRATORS: Denial = {
  short: "administrators",
  text: "This is for administrators. Ask one of them to do it.",
};

export function rightsOf(record: string, own: OwnRole): Rights {
  const has = (act: Act) => {
    // Where nothing is granted, one may still begin something of one's own.
    if (BEGINNING.has(act) && !own.abilities.length) return own.begins;
    return own.abilities.includes(ACTS[act][0]);
  };
  return { abilities: own.abilities, isKnown: true, to: (act) => (has(act) ? null : denialOf(record, own.abilities, ACTS[act][0])) };
}

const BEGINNING: ReadonlySet<Act> = new Set(["createExperiment", "createModel"]);

function standingOf(abilities: readonly Ability[]): string {
  const role = builtInWith(abilities);
  if (role === "none") return "You have no role";
  return role ? `You are a ${role}` : `You may ${listed(abilities)}`;
}

export function denialOf(record: string, abilities: readonly Ability[], needed: Ability): Denial {
  const kind = record.split(":", 1)[0];
  const place = kind === "experiment" || kind === "job" || /(^|\/)(model|project|target|dataset):/.test(record) ? "here" : `on ${placeWord(record)}`;
  const granting = kind === "everything" ? "an administrator can grant it" : kind === "job" ? "who manages its project, or an administrator, can grant it" : `who manages ${grantedOn(record)}, or an administrator, can grant it`;
  const role = leastRoleWith(needed);
  return { short: `needs ${role}`, text: `${standingOf(abilities)} ${place}. This needs the role ${role}, or another one that can ${needed}: ${granting}.` };
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
