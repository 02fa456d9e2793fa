/** The first rows of a table, wherever they come from. */
export interface TableHead {
  columns: TableColumn[];
  /** As text; null where there is no value. */
  rows: (string | null)[][];
  /** In all; null where only the end of the file would tell. */
  nRows: number | null;
  nColumns: number;
}

/** A table is laid out whole, so what is shown of it has a width. */
export const MOST_COLUMNS = 200;

export interface TableColumn {
  name: string;
  type: string;
  isNumber: boolean;
}

/** The table in a JSON document: `{columns, data}` as pandas splits one, which `log_table` writes; null for others. */
export function headOfDocument(document: unknown, mostRows: number): TableHead | null {
  const { columns, data } = (document ?? {}) as { columns?: unknown; data?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(data) || !columns.length || !data.every(Array.isArray)) return null;
  const isNumber = (at: number) => data.length > 0 && data.every((row: unknown[]) => row[at] === null || typeof row[at] === "number");
  const shown = columns.slice(0, MOST_COLUMNS);
  return {
    columns: shown.map((name, at) => ({ name: cellOf(name) ?? "", type: "", isNumber: isNumber(at) })),
    rows: data.slice(0, mostRows).map((row: unknown[]) => shown.map((_, at) => cellOf(row[at]))),
    nRows: data.length,
    nColumns: columns.length,
  };
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Rows of a text table, the first of which names the columns; a column of numbers is told by its values. */
export function headOfRows([names = [], ...rows]: string[][], nRows: number | null): TableHead {
  const isNumber = (at: number) => rows.length > 0 && rows.every((row) => !row[at] || Number.isFinite(Number(row[at]))) && rows.some((row) => row[at]);
  return { columns: names.slice(0, MOST_COLUMNS).map((name, at) => ({ name, type: "", isNumber: isNumber(at) })), rows, nRows, nColumns: names.length };
}
