/** Facets: lists of values that are ticked, written into the filter as text. */
import { fieldText } from "../field";
import { quoteValue, splitTopLevelAnd } from "./complete";
import { type Expr, parseFilter } from "./parser";

/** The values that the filter asks for of a field; empty: any. */
export function facetValues(filter: string, field: string): string[] {
  for (const part of splitTopLevelAnd(filter)) {
    const values = valuesOf(part, field);
    if (values) return values;
  }
  return [];
}

/** The filter with other values for the field, the rest untouched. */
export function setFacet(filter: string, field: string, values: readonly string[]): string {
  const rest = splitTopLevelAnd(filter).filter((part) => valuesOf(part, field) === null);
  if (!values.length) return rest.join(" AND ");
  const list = values.map(quoteValue);
  return [...rest, list.length === 1 ? `${field} = ${list[0]}` : `${field} IN (${list.join(", ")})`].join(" AND ");
}

/** The values of a part such as `field = 'x'` or `field IN ('x', 'y')`; null for any other part. */
function valuesOf(part: string, field: string): string[] | null {
  const parsed = parseFilter(part);
  const expr: Expr | null = parsed.ok ? parsed.expr : null;
  if (!expr || !("field" in expr) || fieldText(expr.field) !== field) return null;
  if (expr.op === "compare" && expr.sign === "=") return [String(expr.value)];
  if (expr.op === "in" && !expr.negated) return expr.values.map(String);
  return null;
}
