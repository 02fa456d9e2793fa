/** Cuts a filter into tokens. Never fails: what cannot be read becomes a token of kind `bad`. */

export type TokenKind = "word" | "path" | "string" | "number" | "op" | "open" | "close" | "comma" | "bad";

export interface Token {
  kind: TokenKind;
  text: string;
  start: number;
  end: number;
  /** A string or quoted part whose end is missing. */
  open?: boolean;
}

const SPACE = /\s/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?![\w])/;
const WORD_START = /[\p{L}_]/u;
const PATH_PART = /[\p{L}\p{N}_./:-]/u;
const OPS = ["!=", ">=", "<=", "=", ">", "<"];

export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at] as string)) {
      at += 1;
      continue;
    }
    const token = next(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function next(text: string, start: number): Token {
  const char = text[start] as string;
  const make = (kind: TokenKind, end: number): Token => ({ kind, text: text.slice(start, end), start, end });
  const op = OPS.find((candidate) => text.startsWith(candidate, start));
  if (op) return make("op", start + op.length);
  if (char === "(") return make("open", start + 1);
  if (char === ")") return make("close", start + 1);
  if (char === ",") return make("comma", start + 1);
  const number = NUMBER.exec(text.slice(start));
  if (number) return make("number", start + number[0].length);
  if (char === "'" || char === '"' || char === "`") return quoted(text, start);
  if (WORD_START.test(char)) return path(text, start);
  return make("bad", start + 1);
}

/** The place after the closing quote; a doubled quote stays inside. -1 if there is none. */
function closing(text: string, start: number): number {
  const mark = text[start] as string;
  let at = text.indexOf(mark, start + 1);
  while (at >= 0 && text[at + 1] === mark) at = text.indexOf(mark, at + 2);
  return at;
}

function quoted(text: string, start: number): Token {
  const end = closing(text, start);
  if (end < 0) return { kind: "string", text: text.slice(start), start, end: text.length, open: true };
  return { kind: "string", text: text.slice(start, end + 1), start, end: end + 1 };
}

/** `word`, or `kind.key` whose key may be quoted and may be followed by a statistic. */
function path(text: string, start: number): Token {
  let at = start;
  let dotted = false;
  while (at < text.length) {
    const char = text[at] as string;
    if ((char === '"' || char === "`") && text[at - 1] === ".") {
      const end = closing(text, at);
      if (end < 0) return { kind: "path", text: text.slice(start), start, end: text.length, open: true };
      at = end + 1;
      if (text[at] !== ".") break;
    } else if (PATH_PART.test(char)) {
      dotted ||= char === ".";
      at += 1;
    } else break;
  }
  return { kind: dotted ? "path" : "word", text: text.slice(start, at), start, end: at };
}
