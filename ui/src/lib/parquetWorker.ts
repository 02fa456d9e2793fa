/**
 * Reads the head of a Parquet file away from the page: a forged file can promise any number of values, and only a thread
 * of its own can be ended while it counts them.
 */
import { parquetHead } from "./parquet";
import type { TableHead } from "./table";

export interface Begin {
  size: number;
  mostRows: number;
}
/** The page fetches, as it is the one who is signed in; `answer` holds null where it could not. */
export interface Wanted {
  start: number;
  stop: number;
}
export type Told = { wanted: Wanted } | { head: TableHead } | { problem: string };
export type Answer = { start: number; stop: number; bytes: ArrayBuffer | null };

const waiting = new Map<string, (bytes: ArrayBuffer | null) => void>();
const nameOf = ({ start, stop }: Wanted) => `${start}-${stop}`;
const tell = (told: Told) => postMessage(told);

function read(start: number, stop: number): Promise<ArrayBuffer> {
  tell({ wanted: { start, stop } });
  return new Promise((resolve, reject) => {
    waiting.set(nameOf({ start, stop }), (bytes) => (bytes ? resolve(bytes) : reject(new Error("the file could not be loaded"))));
  });
}

onmessage = ({ data }: MessageEvent<Begin | Answer>) => {
  if ("start" in data) {
    waiting.get(nameOf(data))?.(data.bytes);
    return;
  }
  parquetHead(data.size, read, data.mostRows).then(
    (head) => tell({ head }),
    // What is too large for an array, or lies beyond the end of what was fetched.
    (error: unknown) => tell({ problem: error instanceof RangeError ? "its parts do not fit together or are too large; the file can be downloaded" : (error as Error).message }),
  );
};
