/** What may be typed next at the cursor. */
import { type Field, parseField } from "../field";
import { type Token, tokenise } from "./lexer";

export type Expectation =
  | { want: "field" }
  | { want: "operator"; field: Field }
  | { want: "value"; field: Field; inList: boolean }
  | { want: "joiner" };

export interface CompletionPoint {
  expectation: Expectation;
  /** The characters a chosen completion replaces. */
  from: number;
  to: number;
  /** What has been typed of it so far, without quotes. */
  prefix: string;
}

const WORD_OPERATORS = new Set(["like", "ilike", "in", "between", "is", "not", "null"]);

export function completionPoint(text: string, cursor: number): CompletionPoint {
  const before = tokenise(text.slice(0, cursor));
  const last = before[before.length - 1];
  const typing = last && last.end === cursor && isPartial(last) ? last : undefined;
  const settled = typing ? before.slice(0, -1) : before;
  const expectation = expect(settled);
  if (!typing || (expectation.want === "operator" && typing.kind === "op")) {
    return { expectation: expect(before), from: cursor, to: cursor, prefix: "" };
  }
  const rest = expectation.want === "field" || expectation.want === "value" ? tailLength(text, cursor) : 0;
  return { expectation, from: typing.start, to: cursor + rest, prefix: typing.text.replace(/^['"`]/, "") };
}

/** A token that the next key could still lengthen. */
function isPartial(token: Token): boolean {
  return token.kind === "word" || token.kind === "path" || token.kind === "number" || token.open === true;
}

function tailLength(text: string, cursor: number): number {
  return /^[\w./:-]*/.exec(text.slice(cursor))?.[0].length ?? 0;
}

function expect(tokens: readonly Token[]): Expectation {
  let state: Expectation = { want: "field" };
  let field = parseField("");
  let between = 0;
  for (const token of tokens) {
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    switch (state.want) {
      case "field":
        if (word === "not" || token.kind === "open") break;
        field = parseField(token.kind === "string" ? token.text.slice(1, -1) : token.text);
        state = { want: "operator", field };
        break;
      case "operator":
        if (word === "not" || word === "is") break;
        if (word === "null") state = { want: "joiner" };
        else if (token.kind === "op" || WORD_OPERATORS.has(word)) {
          between = word === "between" ? 2 : 0;
          state = { want: "value", field, inList: word === "in" };
        }
        break;
      case "value":
        if (state.inList) {
          if (token.kind === "close") state = { want: "joiner" };
        } else if (between > 0 && word === "and") break;
        else if (between === 2) between = 1;
        else state = { want: "joiner" };
        break;
      case "joiner":
        if (token.kind === "close") break;
        state = { want: "field" };
    }
  }
  return state;
}

/** Parts between top-level ANDs; a filter with a top-level OR is one part, in brackets. */
export function splitTopLevelAnd(filter: string): string[] {
  const text = filter.trim();
  if (!text) return [];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let between = false;
  for (const token of tokenise(text)) {
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    if (token.kind === "open") depth += 1;
    if (token.kind === "close") depth -= 1;
    if (word === "between") between = true;
    else if (depth === 0 && word === "or") return [`(${text})`];
    else if (depth === 0 && word === "and") {
      if (!between) {
        parts.push(text.slice(start, token.start).trim());
        start = token.end;
      }
      between = false;
    }
  }
  parts.push(text.slice(start).trim());
  return parts.filter(Boolean);
}

/** Text as the language writes it. */
export function quoteValue(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
