/** What a field for filters offers at the cursor, whatever the records are. */

export interface Completion {
  /** As shown. */
  label: string;
  note: string;
  /** What replaces the typed part. */
  insert: string;
}

export const NUMBER_OPERATORS: readonly [string, string][] = [
  ["<", "less than"],
  [">", "more than"],
  ["<=", "at most"],
  [">=", "at least"],
  ["=", "equal"],
  ["!=", "not equal"],
  ["BETWEEN", "low AND high"],
  ["IS NULL", "has none"],
  ["IS NOT NULL", "has one"],
];
export const TEXT_OPERATORS: readonly [string, string][] = [
  ["=", "equal"],
  ["!=", "not equal"],
  ["LIKE", "pattern with %"],
  ["ILIKE", "pattern, any case"],
  ["IN", "one of a list"],
  ["NOT IN", "none of a list"],
  ["IS NULL", "has none"],
  ["IS NOT NULL", "has one"],
];

export function offerOperators(operators: readonly [string, string][]): Completion[] {
  return operators.map(([label, note]) => ({ label, note, insert: `${label}${label.endsWith("IN") ? " (" : " "}` }));
}

export const JOINERS: readonly Completion[] = [
  { label: "AND", note: "both", insert: "AND " },
  { label: "OR", note: "either", insert: "OR " },
];

/** Those whose words begin with what was typed. */
export function startingWith(completions: readonly Completion[], prefix: string): Completion[] {
  return completions.filter(({ label }) => label.toLowerCase().startsWith(prefix.toLowerCase()));
}
