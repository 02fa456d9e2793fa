// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it } from "vitest";
import type { RunfoldApi } from "../../api/client";
import { ApiProvider } from "../../api/context";
import { MOST_LINES, useJobLog } from "./useJobLog";

afterEach(cleanup);

const N_LINES = 120_000;
const encoder = new TextEncoder();
const startOf = (line: number) => encoder.encode(Array.from({ length: line }, (_, at) => `line ${at}\n`).join("")).length;
const LOG = encoder.encode(Array.from({ length: N_LINES }, (_, at) => `line ${at}\n`).join(""));

/** A server that has this log and no more. */
const api = {
  work: {
    readLog: (_: string, attempt: number | null, start: number, maxBytes: number) =>
      Promise.resolve({ attempt: attempt ?? 1, start, content: LOG.slice(start, start + maxBytes), size: LOG.length, isWhole: true }),
  },
} as unknown as RunfoldApi;

function read(place: number | null, isFollowing: boolean) {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>
  );
  return renderHook(({ place, isFollowing }) => useJobLog("job", null, place, isFollowing), { wrapper, initialProps: { place, isFollowing } });
}

it("shows the end of a long log first, from a whole line on", async () => {
  const { result } = read(null, true);
  await waitFor(() => expect(result.current.isWhole).toBe(true));
  expect(result.current.window.lines.at(-1)).toBe(`line ${N_LINES - 1}`);
  const first = Number(result.current.window.lines[0]?.slice(5));
  expect(result.current.start).toBe(startOf(first));
});

it("keeps the beginning while it is read, says that more follows, and goes on from there", async () => {
  const { result, rerender } = read(0, false);
  await waitFor(() => expect(result.current.isFull).toBe(true));
  const { window: held, chosen, end } = result.current;
  expect([held.lines[0], held.isCut, chosen]).toEqual(["line 0", false, 0]);
  expect(held.lines.length).toBeGreaterThanOrEqual(MOST_LINES);
  const next = held.lines.length;
  expect(end).toBe(startOf(next));
  rerender({ place: end, isFollowing: false });
  await waitFor(() => expect(result.current.chosen).not.toBeNull());
  expect(result.current.window.lines[result.current.chosen ?? 0]).toBe(`line ${next}`);
});

it("shows a match with what is before it", async () => {
  const { result } = read(startOf(50_123), false);
  await waitFor(() => expect(result.current.isFull).toBe(true));
  const { window: held, chosen } = result.current;
  expect(held.lines[chosen ?? 0]).toBe("line 50123");
  expect(chosen).toBeGreaterThan(100);
  expect(held.lines[0]).toMatch(/^line \d+$/);
});

it("reads on when the end is followed again, and lets the first lines go", async () => {
  const { result, rerender } = read(0, false);
  await waitFor(() => expect(result.current.isFull).toBe(true));
  rerender({ place: 0, isFollowing: true });
  await waitFor(() => expect(result.current.isWhole).toBe(true));
  expect(result.current.window.lines).toHaveLength(MOST_LINES);
  expect(result.current.window.lines.at(-1)).toBe(`line ${N_LINES - 1}`);
  expect(result.current.window.isCut).toBe(true);
});
