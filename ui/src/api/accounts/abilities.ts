/** What roles are made of; the order is the server's. */
export const ABILITIES = ["read", "record", "organize", "register", "promote", "submit", "develop", "serve", "delete", "retain", "operate", "secrets", "share", "account"] as const;
export type Ability = (typeof ABILITIES)[number];

const CONTRIBUTING: readonly Ability[] = ["read", "record", "organize", "register", "promote", "submit", "develop", "serve"];

/** The roles that are built in; each has what those before it have. */
export const BUILT_IN: ReadonlyMap<string, readonly Ability[]> = new Map([
  ["none", []],
  ["reader", ["read"]],
  ["contributor", CONTRIBUTING],
  ["manager", ABILITIES],
]);

/** The first built-in role that has an ability. */
export function leastRoleWith(ability: Ability): string {
  return [...BUILT_IN].find(([, abilities]) => abilities.includes(ability))?.[0] ?? "manager";
}

/** The built-in role that has these abilities and no others; null: there is none. */
export function builtInWith(abilities: readonly Ability[]): string | null {
  return [...BUILT_IN].find(([, own]) => own.length === abilities.length && own.every((one) => abilities.includes(one)))?.[0] ?? null;
}
