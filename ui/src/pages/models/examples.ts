import { type Signature, type SignatureField, parseSignature } from "../../lib/signature";
import { type FileSource, useFileText, useFolder } from "../../records/files";

/** As MLflow's clients and ours write it: a whole body for `/invocations`. */
const SERVING = "serving_input_example.json";
/** Older models have only this: a data frame, split. */
const BARE = "input_example.json";
const MOST_BYTES = 256 * 1024;

export interface Example {
  /** A body for `/invocations`, as JSON text. */
  body: string;
  /** Made up from the signature, since the model brought none. */
  isMadeUp: boolean;
}

/** The input example that lies beside the model, or one that fits its signature. Null while it is looked for. */
export function useExample(files: FileSource, signature: string): Example | null {
  const top = useFolder(files, "");
  const names = new Set(top.data?.map(({ path }) => path));
  const path = [SERVING, BARE].find((name) => names.has(name)) ?? "";
  const text = useFileText(files, path, MOST_BYTES, path !== "");
  if (top.isPending || (path && text.isPending)) return null;
  const kept = text.data?.isWhole ? servingBody(text.data.text) : null;
  return kept ? { body: kept, isMadeUp: false } : { body: exampleFor(parseSignature(signature)), isMadeUp: true };
}

/** What a file of an example holds, as a body; null when it is no JSON. */
export function servingBody(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  if (keys.some((key) => ["dataframe_split", "dataframe_records", "inputs", "instances"].includes(key))) return readable(value);
  const isSplit = keys.includes("columns") && keys.includes("data");
  return readable(isSplit ? { dataframe_split: value } : { inputs: value });
}

/** One row that a signature takes. */
export function exampleFor(signature: Signature | null): string {
  const inputs = signature?.inputs ?? [];
  if (!inputs.length) return readable({ inputs: [[0]] });
  if (inputs.every(({ name }) => name)) {
    const frame = { columns: inputs.map(({ name }) => name), data: [inputs.map(sample)] };
    return readable({ dataframe_split: frame });
  }
  return readable({ inputs: sample(inputs[0]!) });
}

/** JSON with a line for each row. */
function readable(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  // No text holds a line break of its own, so only the innermost lists are put on one line.
  return text.replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, items: string) => `[${items.replace(/\n\s*/g, " ")}]`);
}

function sample({ type }: SignatureField): unknown {
  const shape = /\(([^)]*)\)$/.exec(type)?.[1];
  if (shape !== undefined) {
    // A dimension of any length is one long.
    const lengths = shape.split(", ").map((part) => Math.min(64, Math.max(1, Number(part.replace("−", "-")))));
    return lengths.reduceRight<unknown>((inner, length) => Array.from({ length }, () => inner), /^(str|obj)/.test(type) ? "" : 0);
  }
  if (type.startsWith("list of ")) return [sample({ name: "", type: type.slice("list of ".length), isRequired: true })];
  if (type.startsWith("string")) return "";
  if (type === "boolean") return false;
  if (type === "datetime") return "2026-01-01T00:00:00";
  return /^[{]|^map|^any/.test(type) ? {} : 0;
}
