/** What a scoring server answered, as a table. */

export interface PredictionTable {
  columns: string[];
  rows: string[][];
}

/** Null for anything that is not a list of predictions. */
export function readPredictions(text: string): PredictionTable | null {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(reply) ? reply : (reply as { predictions?: unknown } | null)?.predictions;
  if (!Array.isArray(list) || !list.length) return null;
  if (list.every(isRecord)) {
    const columns = [...new Set(list.flatMap((row) => Object.keys(row)))];
    return { columns, rows: list.map((row) => columns.map((column) => cell(row[column]))) };
  }
  if (list.every(Array.isArray)) {
    const width = Math.max(...list.map((row) => row.length));
    return { columns: Array.from({ length: width }, (_, at) => String(at)), rows: list.map((row: unknown[]) => Array.from({ length: width }, (_, at) => cell(row[at]))) };
  }
  return { columns: ["prediction"], rows: list.map((value) => [cell(value)]) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cell(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
