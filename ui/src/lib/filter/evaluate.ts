/** What a filter means, for values in memory. */
import type { Field } from "../field";
import type { Expr, Literal } from "./parser";

export type Lookup = (field: Field) => string | number | null | undefined;

/** A run without the field fits no comparison, `!=` included. */
export function matches(expr: Expr, get: Lookup): boolean {
  switch (expr.op) {
    case "and":
      return expr.parts.every((part) => matches(part, get));
    case "or":
      return expr.parts.some((part) => matches(part, get));
    case "not":
      return !matches(expr.part, get);
    case "null":
      return isMissing(get(expr.field)) !== expr.negated;
    default: {
      const value = get(expr.field);
      return !isMissing(value) && holds(expr, value as Literal);
    }
  }
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}

function holds(expr: Exclude<Expr, { op: "and" | "or" | "not" | "null" }>, value: Literal): boolean {
  switch (expr.op) {
    case "in":
      return expr.values.some((item) => compare(value, item) === 0) !== expr.negated;
    case "between":
      return (compare(value, expr.low) >= 0 && compare(value, expr.high) <= 0) !== expr.negated;
    case "like":
    case "ilike":
      return likePattern(expr.value, expr.op === "ilike").test(String(value)) !== expr.negated;
    case "compare":
      return signHolds(expr.sign, compare(value, expr.value));
  }
}

/** Numbers as numbers when the filter names a number; NaN fits nothing. */
function compare(value: Literal, wanted: Literal): number {
  if (typeof wanted === "number") return Number(value) - wanted;
  const text = String(value);
  return text === wanted ? 0 : text < wanted ? -1 : 1;
}

function signHolds(sign: string, order: number): boolean {
  if (Number.isNaN(order)) return false;
  const signs: Record<string, boolean> = {
    "=": order === 0,
    "!=": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  };
  return signs[sign] ?? false;
}

function likePattern(pattern: string, anyCase: boolean): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", "[\\s\\S]*")
    .replaceAll("_", "[\\s\\S]");
  return new RegExp(`^${source}$`, anyCase ? "i" : "");
}
