/** The values of an entry point's parameters: checked as the command line checks them, and varied over a grid. */

import { cutMiddle } from "./format";

interface Rules {
  name: string;
  type: "string" | "float" | "int" | "path" | "uri" | "bool";
  default: string | null;
  environment: string;
  help: string;
  choices: readonly string[];
  minimum: number | null;
  maximum: number | null;
  isSecret: boolean;
}

const FLOAT = /^\s*[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*$|^\s*[+-]?(inf|infinity|nan)\s*$/i;
const INT = /^\s*[+-]?\d[\d_]*\s*$/;
const BOOL = /^(true|yes|on|1|false|no|off|0)$/i;
const REFERENCE = /^(secret|env|file|command):\S/;

const quoted = (text: string): string => `'${cutMiddle(text, 60)}'`;

function toNumber(text: string): number {
  const lower = text.trim().toLowerCase().replaceAll("_", "");
  return /^[+-]?inf/.test(lower) ? (lower.startsWith("-") ? -Infinity : Infinity) : Number(lower);
}

/** What is wrong with a value; empty: nothing. An empty text takes the default. */
export function parameterProblem(rules: Rules, value: string): string {
  if (value === "") return rules.default === null && !rules.environment ? missing(rules) : "";
  if (rules.isSecret) {
    return REFERENCE.test(value) ? "" : `For secret ${quoted(rules.name)}, say where it is found: secret:NAME, env:VARIABLE, file:/path or command:program.`;
  }
  const fits = rules.type === "float" ? FLOAT.test(value) : rules.type === "int" ? INT.test(value) : rules.type === "bool" ? BOOL.test(value) : true;
  if (!fits) return `Parameter ${quoted(rules.name)} is ${quoted(value)}; it takes ${described(rules.type)}.`;
  if (rules.choices.length && !rules.choices.includes(value)) {
    return `Parameter ${quoted(rules.name)} is ${quoted(value)}; it takes ${rules.choices.map(quoted).join(", ")}.`;
  }
  const number = toNumber(value);
  const isBelow = rules.minimum !== null && !(number >= rules.minimum);
  const isAbove = rules.maximum !== null && !(number <= rules.maximum);
  return isBelow || isAbove ? `Parameter ${quoted(rules.name)} is ${quoted(value)}; it takes a number ${boundsText(rules.minimum, rules.maximum)}.` : "";
}

function described(type: Rules["type"]): string {
  return `${type === "int" ? "an" : "a"} ${type}`;
}

function missing({ name, help, type, isSecret }: Rules): string {
  const note = help ? ` (${help})` : "";
  return isSecret
    ? `Secret ${quoted(name)}${note} is missing: say where it is, as in env:VARIABLE.`
    : `Parameter ${quoted(name)}${note} is missing: give ${described(type)}.`;
}

/** What is taken when nothing is given: the variable where the job runs, if it is set there, then the default. Empty: a value must be given. */
export function defaultText({ default: value, environment }: Pick<Rules, "default" | "environment">): string {
  const word = value === "" ? "nothing" : value;
  return [environment && `$${environment} where it runs`, word].filter(Boolean).join(", or ");
}

/** Such as `from 0 to 1`; empty without bounds. */
export function boundsText(minimum: number | null, maximum: number | null): string {
  if (minimum !== null && maximum !== null) return `from ${minimum} to ${maximum}`;
  if (minimum !== null) return `of at least ${minimum}`;
  return maximum !== null ? `of at most ${maximum}` : "";
}

export const MOST_VALUES = 1000;
const RANGE = /^([+-]?[\d.]+(?:e[+-]?\d+)?)\s*\.\.\s*([+-]?[\d.]+(?:e[+-]?\d+)?)(?:\s+(by|x|in)\s+([\d.]+(?:e[+-]?\d+)?))?$/i;

/** Values with commas between; `1..5`, `0..1 by 0.25`, `0.001..1 x 10`, `0..1 in 5` stand for the numbers between. Null: a range that is none. */
export function listValues(text: string): string[] | null {
  const values: string[] = [];
  for (const part of text.split(",").map((one) => one.trim())) {
    if (!part) continue;
    const range = RANGE.exec(part);
    const more = range ? rangeValues(Number(range[1]), Number(range[2]), range[3]?.toLowerCase() ?? "by", range[4] === undefined ? 1 : Number(range[4])) : [part];
    if (!more || values.length + more.length > MOST_VALUES) return null;
    values.push(...more);
  }
  return [...new Set(values)];
}

function rangeValues(from: number, to: number, how: string, step: number): string[] | null {
  if (![from, to, step].every(Number.isFinite) || step <= 0 || to < from) return null;
  if (how === "in") {
    if (!Number.isInteger(step) || step < 2 || step > MOST_VALUES) return null;
    return Array.from({ length: step }, (_, at) => tidy(from + ((to - from) * at) / (step - 1)));
  }
  const isFactor = how === "x";
  if (isFactor && (step <= 1 || from <= 0)) return null;
  const n = Math.floor((isFactor ? Math.log(to / from) / Math.log(step) : (to - from) / step) + 1e-9) + 1;
  if (n > MOST_VALUES) return null;
  return Array.from({ length: n }, (_, at) => tidy(isFactor ? from * step ** at : from + step * at));
}

/** Without what binary fractions add behind the twelfth digit. */
function tidy(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** Every combination of the values; the last name changes fastest. */
export function gridOf(values: Record<string, string[]>): Record<string, string>[] {
  return Object.entries(values).reduce<Record<string, string>[]>(
    (rows, [name, several]) => rows.flatMap((row) => several.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}
