/** The head of a Parquet file, read in a thread that is ended when it takes too long. */
import type { ReadBytes } from "./parquet";
import type { Answer, Begin, Told } from "./parquetWorker";
import type { TableHead } from "./table";

const WITHIN_MS = 10_000;

export function parquetHeadApart(size: number, read: ReadBytes, mostRows: number): Promise<TableHead> {
  const worker = new Worker(new URL("./parquetWorker.ts", import.meta.url), { type: "module" });
  return new Promise<TableHead>((resolve, reject) => {
    const late = () => reject(new Error("it takes too long to read; the file can be downloaded"));
    let timer = setTimeout(late, WITHIN_MS);
    worker.onerror = () => reject(new Error("it cannot be read here; the file can be downloaded"));
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if ("head" in data) resolve(data.head);
      else if ("problem" in data) reject(new Error(data.problem));
      else {
        const { start, stop } = data.wanted;
        const answer = (bytes: ArrayBuffer | null) => {
          clearTimeout(timer); // how long the network takes is not the file's fault
          timer = setTimeout(late, WITHIN_MS);
          worker.postMessage({ start, stop, bytes } satisfies Answer, bytes ? [bytes] : []);
        };
        read(start, stop).then(answer, () => answer(null));
      }
    };
    worker.postMessage({ size, mostRows } satisfies Begin);
  }).finally(() => worker.terminate());
}
