/**
 * Reads a filter into a tree, or says which character cannot be read. The server has the last word; this
 * reader lets the page mark a slip while it is typed, and serves the fake store.
 */
import { type Field, parseField } from "../field";
import { type Token, tokenise } from "./lexer";

export type Literal = string | number;

export type Expr =
  | { op: "and" | "or"; parts: Expr[] }
  | { op: "not"; part: Expr }
  | { op: "null"; field: Field; negated: boolean }
  | { op: "in"; field: Field; values: Literal[]; negated: boolean }
  | { op: "between"; field: Field; low: Literal; high: Literal; negated: boolean }
  | { op: "like" | "ilike"; field: Field; value: string; negated: boolean }
  | { op: "compare"; field: Field; sign: string; value: Literal };

export interface FilterError {
  message: string;
  /** Characters of the text; start equals end at the very end of it. */
  start: number;
  end: number;
}

export type Parsed = { ok: true; expr: Expr | null } | { ok: false; error: FilterError };

class Unreadable extends Error {
  constructor(
    message: string,
    readonly start: number,
    readonly end: number,
  ) {
    super(message);
  }
}

export function parseFilter(text: string): Parsed {
  const tokens = tokenise(text);
  if (!tokens.length) return { ok: true, expr: null };
  const reader = new Reader(tokens, text.length);
  try {
    const expr = reader.or();
    reader.expectEnd();
    return { ok: true, expr };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { ok: false, error: { message: error.message, start: error.start, end: error.end } };
    }
    throw error;
  }
}

function unquote(text: string): string {
  const mark = text[0] as string;
  return text.slice(1, -1).replaceAll(mark + mark, mark);
}

class Reader {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly length: number,
  ) {}

  or(): Expr {
    return this.joined("or", () => this.and());
  }

  private and(): Expr {
    return this.joined("and", () => this.unary());
  }

  private joined(op: "and" | "or", read: () => Expr): Expr {
    const parts = [read()];
    while (this.takeWord(op)) parts.push(read());
    return parts.length === 1 ? (parts[0] as Expr) : { op, parts };
  }

  private unary(): Expr {
    if (this.takeWord("not")) return { op: "not", part: this.unary() };
    if (this.peek()?.kind === "open") {
      this.at += 1;
      const inner = this.or();
      this.take("close", "A closing bracket is missing");
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Expr {
    const field = this.field();
    const token = this.peek();
    if (token?.kind === "op") {
      this.at += 1;
      return { op: "compare", field, sign: token.text, value: this.literal() };
    }
    if (this.takeWord("is")) {
      const negated = this.takeWord("not");
      if (!this.takeWord("null")) this.fail("Write IS NULL or IS NOT NULL");
      return { op: "null", field, negated };
    }
    const negated = this.takeWord("not");
    if (this.takeWord("in")) return { op: "in", field, values: this.list(), negated };
    if (this.takeWord("between")) {
      const low = this.literal();
      if (!this.takeWord("and")) this.fail("Write BETWEEN low AND high");
      return { op: "between", field, low, high: this.literal(), negated };
    }
    for (const op of ["like", "ilike"] as const) {
      if (this.takeWord(op)) return { op, field, value: String(this.literal()), negated };
    }
    return this.fail("An operator should follow, such as =, <, LIKE, IN or IS NULL");
  }

  private field(): Field {
    const token = this.peek();
    if (!token) return this.fail("A field should follow, such as metrics.loss or status");
    if (token.open) this.fail("The quote is not closed", token);
    if (token.kind === "path" || token.kind === "word") {
      this.at += 1;
      if (/\.$/.test(token.text)) this.fail("The name of the key is missing", { ...token, start: token.end });
      return parseField(token.text);
    }
    if (token.kind === "string" && !token.text.startsWith("'")) {
      this.at += 1;
      return parseField(token.text.slice(1, -1));
    }
    return this.fail("A field belongs here, such as metrics.loss or status");
  }

  private literal(): Literal {
    const token = this.peek();
    if (token?.open) this.fail("The quote is not closed", token);
    if (token?.kind === "number") {
      this.at += 1;
      return Number(token.text);
    }
    if (token?.kind === "string") {
      this.at += 1;
      return unquote(token.text);
    }
    if (token?.kind === "word") this.fail(`Put text in quotes: '${token.text}'`, token);
    return this.fail("A value should follow: a number, or text in quotes");
  }

  private list(): Literal[] {
    this.take("open", "A list in brackets should follow IN");
    const values = [this.literal()];
    while (this.peek()?.kind === "comma") {
      this.at += 1;
      values.push(this.literal());
    }
    this.take("close", "A comma or closing bracket is missing");
    return values;
  }

  expectEnd(): void {
    const token = this.peek();
    if (token?.kind === "close") this.fail("This bracket was never opened", token);
    if (token) this.fail("AND or OR is missing before this", token);
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    if (token?.kind !== "word" || token.text.toLowerCase() !== word) return false;
    this.at += 1;
    return true;
  }

  private take(kind: Token["kind"], message: string): void {
    if (this.peek()?.kind !== kind) this.fail(message);
    this.at += 1;
  }

  private fail(message: string, token = this.peek()): never {
    throw new Unreadable(message, token?.start ?? this.length, token?.end ?? this.length);
  }
}
