/** How the pages reach a real server: one way to send, and one way to read its numbers. */
import { ApiError } from "./client";
import { HERE } from "./here";

/** A number as JSON can write it. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

// Relative to the page's <base>, which holds the prefix the server may live below.
export const MLFLOW = "ajax-api/2.0/mlflow/";
export const MLFLOW_3 = "ajax-api/3.0/mlflow/";
export const RUNFOLD = "api/runfold/v1/";
const FILE_NAME = "file";

/** Tells the server that a page of ours calls: it then wants no prompt of the browser, and may use the session's cookie. */
const PAGE_HEADER = { "X-Runfold-Page": "1" };
/** In which workspace names hold. */
const WORKSPACE_HEADER: Record<string, string> = HERE ? { "X-MLFLOW-WORKSPACE": HERE } : {};
/** The same where a browser sends no header of ours. */
export const WORKSPACE_QUERY: Record<string, string> = HERE ? { workspace: HERE } : {};

let signInAgain: (() => Promise<void>) | null = null;

/** What is done when the server asks who is there: a refused call waits for it, and is made again. */
export function onSignedOut(ask: () => Promise<void>): () => void {
  signInAgain = ask;
  return () => {
    if (signInAgain === ask) signInAgain = null;
  };
}

const refusedListeners = new Set<() => void>();

/** What is done when a call was not for who sits here (403), or what it was about is not there for them (404). */
export function onRefused(listener: () => void): () => void {
  refusedListeners.add(listener);
  return () => refusedListeners.delete(listener);
}

function send(path: string, init: RequestInit): Promise<Response> {
  return sendOutside(path, { ...init, headers: { ...init.headers, ...WORKSPACE_HEADER } });
}

async function sendOutside(path: string, init: RequestInit): Promise<Response> {
  try {
    return await sendOnce(path, init);
  } catch (error) {
    if (!(error instanceof ApiError && error.isSignedOut && signInAgain)) throw error;
    await signInAgain();
    return sendOnce(path, init);
  }
}

async function sendOnce(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, document.baseURI), { ...init, headers: { ...init.headers, ...PAGE_HEADER } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("UNREACHABLE", "The server does not answer", 0);
  }
  if (response.ok) return response;
  if (response.status === 403 || response.status === 404) for (const listener of refusedListeners) listener();
  const body = (await response.json().catch(() => ({}))) as { error_code?: string; message?: string; position?: number };
  const isProxy = !body.error_code && response.status >= 502;
  throw new ApiError(
    body.error_code ?? (isProxy ? "UNREACHABLE" : "UNKNOWN"),
    body.message ?? `The server answered ${response.status}`,
    response.status,
    body.position ?? null,
  );
}

type Method = "POST" | "PATCH" | "DELETE";

/** A call that is made in no workspace. */
export async function outside<Reply>(method: "GET" | Method, path: string, body?: object): Promise<Reply> {
  const sent = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await sendOutside(path, { method, ...sent });
  return (response.status === 204 ? {} : await response.json()) as Reply;
}

export async function call<Reply>(method: Method, path: string, body: object, signal?: AbortSignal): Promise<Reply> {
  const headers = { "Content-Type": "application/json" };
  const response = await send(path, { method, headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) });
  return (await response.json()) as Reply;
}

/** A call whose 401 is an answer, such as that to a wrong password, and asks nobody to sign in again. */
export async function quiet<Reply>(method: "GET" | "POST", path: string, body?: object): Promise<Reply> {
  const sent = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  return (await (await sendOnce(path, { method, ...sent })).json()) as Reply;
}

export function post<Reply>(path: string, body: object, signal?: AbortSignal): Promise<Reply> {
  return call("POST", path, body, signal);
}

export async function get<Reply>(path: string, query: Record<string, string> | [string, string][] = {}, signal?: AbortSignal): Promise<Reply> {
  const text = new URLSearchParams(query).toString();
  const response = await send(text ? `${path}?${text}` : path, signal ? { signal } : {});
  return (await response.json()) as Reply;
}

/** An address of the server that a browser may load. */
export function address(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams({ ...query, ...WORKSPACE_QUERY }).toString();
  return new URL(text ? `${path}?${text}` : path, document.baseURI).href;
}

/** The first bytes of what lies at an address, as text. */
export async function readStart(url: string, maxBytes: number): Promise<{ text: string; isWhole: boolean }> {
  const response = await send(url, { headers: { Range: `bytes=0-${maxBytes - 1}` } });
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  let isDone = !reader;
  while (reader && !isDone && size < maxBytes) {
    const { done, value } = await reader.read();
    isDone = done;
    if (value) {
      parts.push(value);
      size += value.length;
    }
  }
  if (!isDone) await reader?.cancel();
  const total = Number(/\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1] ?? size);
  const text = await new File(parts as BlobPart[], FILE_NAME).slice(0, maxBytes).text();
  return { text, isWhole: isDone && total <= maxBytes };
}

export function number(value: WireNumber): number {
  return typeof value === "number" ? value : Number(value);
}

export function maybeNumber(value: WireNumber | null | undefined): number | null {
  return value === null || value === undefined ? null : number(value);
}

/** Bytes `start` up to `stop` of a file, fewer at its end; and how long the file is. */
export async function readRange(url: string, start: number, stop: number): Promise<{ bytes: ArrayBuffer; size: number }> {
  const response = await send(url, { headers: { Range: `bytes=${start}-${stop - 1}` } });
  const range = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "");
  const bytes = await response.arrayBuffer();
  // The whole file comes where a range would be all of it.
  return range ? { bytes, size: Number(range[1]) } : { bytes: bytes.slice(start, stop), size: bytes.byteLength };
}
