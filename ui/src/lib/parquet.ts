/** The head of a Parquet file, read by ranges: its footer, then the first pages of its columns. */
import { gunzipSync } from "fflate";
import { decompress as decompressZstd } from "fzstd";
import { type AsyncBuffer, type FileMetaData, type SchemaTree, parquetMetadataAsync, parquetReadObjects, parquetSchema, snappyUncompress } from "hyparquet";
import type { TableHead } from "./table";

/** Reads bytes `start` up to `stop`. */
export type ReadBytes = (start: number, stop: number) => Promise<ArrayBuffer>;

const FOOTER_BYTES = 256 * 1024;
const MOST_FOOTER_BYTES = 16 * 1024 * 1024;
/** A look must not pull a whole data set over the network: as many columns are read as fit into this. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_COLUMNS = 60;
/** What one page may unpack to, and all that are looked at. */
const MOST_PAGE_BYTES = 64 * 1024 * 1024;
const MOST_UNPACKED_BYTES = 256 * 1024 * 1024;

type Unpack = (input: Uint8Array, size: number) => Uint8Array;

/** Pure JavaScript: the server's content policy keeps WebAssembly out. A page says itself to what it unpacks. */
function boundedCompressors(): Record<"GZIP" | "ZSTD" | "SNAPPY", Unpack> {
  let left = MOST_UNPACKED_BYTES;
  const bounded = (unpack: (input: Uint8Array, output: Uint8Array) => Uint8Array): Unpack => (input, size) => {
    left -= size;
    if (!(size >= 0 && size <= MOST_PAGE_BYTES && left >= 0)) throw new Error("it unpacks to more than is looked at here; the file can be downloaded");
    return unpack(input, new Uint8Array(size));
  };
  return {
    GZIP: bounded((input, out) => gunzipSync(input, { out })),
    ZSTD: bounded((input, out) => decompressZstd(input, out)),
    SNAPPY: bounded((input, out) => {
      snappyUncompress(input, out);
      return out;
    }),
  };
}

export async function parquetHead(size: number, read: ReadBytes, mostRows: number): Promise<TableHead> {
  const file: AsyncBuffer = { byteLength: size, slice: (start, stop = size) => read(start, stop) };
  await checkFooter(file);
  const metadata = await parquetMetadataAsync(file, { initialFetchSize: Math.min(size, FOOTER_BYTES) });
  const fields = parquetSchema(metadata).children;
  const shown = affordable(metadata, fields);
  const nRows = Number(metadata.num_rows);
  const names = shown.map((field) => field.element.name);
  const rows = names.length && nRows
    ? await parquetReadObjects({ file, metadata, columns: names, rowStart: 0, rowEnd: Math.min(nRows, mostRows), useOffsetIndex: true, utf8: false, compressors: boundedCompressors() })
    : [];
  return {
    columns: shown.map((field) => ({ name: field.element.name, type: typeName(field), isNumber: isNumeric(field) })),
    rows: rows.map((row) => names.map((name) => cellText(row[name]))),
    nRows,
    nColumns: fields.length,
  };
}

/** The last bytes say how long the description of the columns is: as long as the file, if somebody wants to. */
async function checkFooter(file: AsyncBuffer): Promise<void> {
  if (file.byteLength < 12) throw new Error("it is no Parquet file");
  const length = new DataView(await file.slice(file.byteLength - 8)).getUint32(0, true);
  if (length > MOST_FOOTER_BYTES) throw new Error("its description is longer than is looked at here; the file can be downloaded");
}

/** The first columns whose part in the first group of rows is small enough to fetch. */
function affordable(metadata: FileMetaData, fields: SchemaTree[]): SchemaTree[] {
  const sizes = new Map<string, number>();
  for (const { meta_data } of metadata.row_groups[0]?.columns ?? []) {
    const top = meta_data?.path_in_schema[0] ?? "";
    sizes.set(top, (sizes.get(top) ?? 0) + Number(meta_data?.total_compressed_size ?? 0));
  }
  let left = MOST_BYTES;
  return fields.slice(0, MOST_COLUMNS).filter((field) => {
    const size = sizes.get(field.element.name) ?? 0;
    if (size > left) return false;
    left -= size;
    return true;
  });
}

function typeName({ element, children }: SchemaTree): string {
  if (children.length) return element.logical_type?.type === "LIST" || element.converted_type === "LIST" ? "list" : element.converted_type === "MAP" ? "map" : "struct";
  const { logical_type: logical, converted_type: converted, type } = element;
  if (logical && logical.type !== "INTEGER") return logical.type.toLowerCase();
  if (converted && converted !== "UTF8") return converted.toLowerCase();
  return converted === "UTF8" ? "string" : (type ?? "").toLowerCase().replace("byte_array", "bytes");
}

function isNumeric({ element, children }: SchemaTree): boolean {
  const isPlain = !element.logical_type || element.logical_type.type === "INTEGER" || element.logical_type.type === "DECIMAL";
  return !children.length && isPlain && ["INT32", "INT64", "INT96", "FLOAT", "DOUBLE"].includes(element.type ?? "");
}

/** One line for one value; null stays null. */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString().replace("T", " ").replace(/\.000Z$|Z$/, "");
  if (value instanceof Uint8Array) return hex(value);
  if (typeof value === "object") return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner instanceof Uint8Array ? hex(inner) : inner));
  return String(value as string | number | bigint | boolean);
}

function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.length > 16 ? `${shown}… (${bytes.length} bytes)` : shown;
}
