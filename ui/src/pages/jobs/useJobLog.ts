import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useApi } from "../../api/context";
import { workKeys } from "../../api/work/queries";
import { type LogWindow, NO_LINES, addText } from "../../lib/terminal";

const PIECE = 262_144;
/** Of a log that is long already, its end is shown first. */
const TAIL = 524_288;
/** What stands before a place that somebody chose. */
const BEFORE = 16_384;
export const MOST_LINES = 50_000;
const EVERY_MS = 1000;
const NEWLINE = 10;

export interface JobLog {
  window: LogWindow;
  /** The byte that the first line begins with; above 0, more is before it. */
  start: number;
  /** The byte that the last line begins with. */
  end: number;
  /** The line that was chosen, if one was. */
  chosen: number | null;
  size: number;
  /** Nothing will be added, and all of it was read. */
  isWhole: boolean;
  /** As many lines are there as are kept, and none of them is let go while somebody reads them: more follows. */
  isFull: boolean;
  error: Error | null;
}

const NOTHING: JobLog = { window: NO_LINES, start: 0, end: 0, chosen: null, size: 0, isWhole: false, isFull: false, error: null };

/**
 * The output of an attempt around a byte (null: its end), read as it comes. What is in memory is bounded: while the end is
 * followed, the first lines of a very long log are let go again; while something else is read, reading on waits.
 */
export function useJobLog(id: string, attempt: number | null, place: number | null, isFollowing: boolean): JobLog {
  const api = useApi();
  const client = useQueryClient();
  const [log, setLog] = useState(NOTHING);
  const followed = useRef(isFollowing);
  const readOn = useRef(() => {});
  useEffect(() => {
    followed.current = isFollowing;
    if (isFollowing) readOn.current();
  }, [isFollowing]);
  useEffect(() => {
    const stop = new AbortController();
    const decoder = new TextDecoder();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let at = place === null ? -1 : Math.max(0, place - BEFORE);
    let kept: JobLog = { ...NOTHING, chosen: place === 0 ? 0 : null };
    let isFirst = true;
    const add = (content: Uint8Array) => {
      let text = decoder.decode(content, { stream: true });
      if (isFirst && at > 0) {
        const skipped = content.indexOf(NEWLINE) + 1; // it begins inside a line
        kept = { ...kept, start: at + skipped, end: at + skipped };
        text = text.slice(text.indexOf("\n") + 1);
      }
      isFirst = false;
      const last = content.lastIndexOf(NEWLINE);
      if (last >= 0) kept = { ...kept, end: at + last + 1 };
      kept = { ...kept, window: addText(kept.window, text, followed.current ? MOST_LINES : Infinity) };
      at += content.length;
    };
    const read = async () => {
      kept = { ...kept, isFull: !followed.current && kept.window.lines.length >= MOST_LINES };
      if (kept.isFull) return setLog(kept);
      try {
        if (at < 0) at = Math.max(0, (await api.work.readLog(id, attempt, 0, 0, stop.signal)).size - TAIL);
        // What is before the place comes alone, so that the line is known that begins there.
        const isBefore = place !== null && at < place;
        const part = await api.work.readLog(id, attempt, at, isBefore ? place - at : PIECE, stop.signal);
        add(part.content);
        const isWhole = part.isWhole && at >= part.size;
        kept = { ...kept, size: part.size, isWhole, error: null };
        if (isBefore && at === place) kept = { ...kept, chosen: kept.window.lines.length };
        setLog(kept);
        if (isWhole) void client.invalidateQueries({ queryKey: workKeys.job(id) });
        else timer = setTimeout(() => void read(), at < part.size ? 0 : EVERY_MS);
      } catch (error) {
        if (stop.signal.aborted) return;
        setLog({ ...kept, error: error as Error });
        timer = setTimeout(() => void read(), 4 * EVERY_MS);
      }
    };
    readOn.current = () => {
      if (kept.isFull) void read();
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
      readOn.current = () => {};
      setLog(NOTHING);
    };
  }, [api, client, id, attempt, place]);
  return log;
}
