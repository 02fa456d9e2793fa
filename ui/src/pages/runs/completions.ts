/** What the filter bar offers at the cursor. */
import type { KeyStats } from "../../api/model";
import { type Field, type FieldKind, field, fieldText } from "../../lib/field";
import { type CompletionPoint, quoteValue } from "../../lib/filter/complete";
import { type Completion, JOINERS, NUMBER_OPERATORS, TEXT_OPERATORS, offerOperators, startingWith } from "../../lib/filter/offer";
import { shortNumber } from "../../lib/format";

const ATTRIBUTES: readonly [string, string][] = [
  ["state", "running, finished, failed, killed, lost"],
  ["run_name", "name of the run"],
  ["user_id", "who started it"],
  ["start_time", "Unix milliseconds"],
  ["duration", "milliseconds"],
  ["run_id", "id of the run"],
  ["description", "text of the note"],
];

const STATES = ["RUNNING", "FINISHED", "FAILED", "KILLED", "LOST", "SCHEDULED"];
const KIND_OF: Record<KeyStats["kind"], FieldKind> = { metric: "metrics", param: "params", tag: "tags" };

/** So many letters of `metrics.` and the like mean the kind and no longer a key that holds them. */
const KIND_LETTERS = 3;

function isKind(prefix: string): boolean {
  return prefix.length >= KIND_LETTERS && Object.values(KIND_OF).some((kind) => `${kind}.`.startsWith(prefix));
}

/** The words by which keys are looked up while a field is typed. */
export function keyText(point: CompletionPoint): string {
  if (point.expectation.want !== "field" || isKind(point.prefix.toLowerCase())) return "";
  return point.prefix.replace(/^(metrics|params|tags)\.["`]?/i, "");
}

export function complete(point: CompletionPoint, found: readonly KeyStats[], values: readonly [string, number][]): Completion[] {
  const { expectation } = point;
  const prefix = point.prefix.toLowerCase();
  switch (expectation.want) {
    case "field":
      return [...attributes(prefix), ...found.filter((stats) => fitsKind(stats, prefix)).map(keyCompletion)];
    case "operator":
      return startingWith(offerOperators(operators(expectation.field)), prefix);
    case "value":
      return valueTexts(expectation.field, values)
        .filter(([text]) => text.toLowerCase().includes(prefix))
        .map(([text, n]) => valueCompletion(expectation.field, text, n));
    case "joiner":
      return startingWith(JOINERS, prefix);
  }
}

function attributes(prefix: string): Completion[] {
  return ATTRIBUTES.filter(([name]) => name.startsWith(prefix)).map(([name, note]) => ({
    label: name,
    note,
    insert: `${name} `,
  }));
}

function fitsKind(stats: KeyStats, prefix: string): boolean {
  if (isKind(prefix)) return `${KIND_OF[stats.kind]}.`.startsWith(prefix);
  const dot = prefix.indexOf(".");
  return dot < 0 || KIND_OF[stats.kind] === prefix.slice(0, dot);
}

function keyCompletion(stats: KeyStats): Completion {
  const text = fieldText(field(KIND_OF[stats.kind], stats.key));
  const range = stats.min !== null && stats.max !== null ? `${shortNumber(stats.min)} … ${shortNumber(stats.max)}` : "";
  return { label: text, note: range || stats.examples.slice(0, 3).join(", ").slice(0, 40), insert: `${text} ` };
}

function isNumeric({ kind, key }: Field): boolean {
  return kind === "metrics" || (kind === "attributes" && /time|duration/.test(key));
}

function operators(of: Field): readonly [string, string][] {
  if (isNumeric(of)) return NUMBER_OPERATORS;
  return of.kind === "params" ? [...TEXT_OPERATORS, ...NUMBER_OPERATORS.slice(0, 4)] : TEXT_OPERATORS;
}

function valueTexts(of: Field, values: readonly [string, number][]): readonly [string, number][] {
  return of.kind === "attributes" && /^(state|status)$/.test(of.key) ? STATES.map((state) => [state, 0]) : values;
}

function valueCompletion(of: Field, text: string, n: number): Completion {
  const isNumber = of.kind === "params" && text.trim() !== "" && Number.isFinite(Number(text));
  return {
    label: text.slice(0, 120),
    note: n ? `${n} ${n === 1 ? "run" : "runs"}` : "",
    insert: `${isNumber ? text : quoteValue(text)} `,
  };
}
