import type { Entrance, Identity, Ways } from "../../api/accounts/model";

/** What a provider is called: as the server calls its own, others by their host. */
export function providerWord(issuer: string, entrance: Entrance | undefined): string {
  if (entrance?.provider && entrance.issuer === issuer) return entrance.provider;
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

/** Whom the user knows themselves as there; the subject where nothing better was said. */
export function shownAs({ shown, subject }: Identity): string {
  return shown || subject;
}

/** By what somebody signs in, in a few words; empty: not with a browser. */
export function waysWord({ hasPassword, identities }: Ways, entrance: Entrance | undefined): string {
  const providers = identities.map(({ issuer }) => providerWord(issuer, entrance));
  return [...(hasPassword ? ["password"] : []), ...new Set(providers)].join(", ");
}
