import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "../../api/context";
import { workKeys } from "../../api/work/queries";
import { type LogWindow, NO_LINES, addText } from "../../lib/terminal";

const PIECE = 262_144;
/** Of a log that is long already, its end is shown first. */
const TAIL = 524_288;
const MOST_LINES = 50_000;
const EVERY_MS = 1000;

export interface JobLog {
  window: LogWindow;
  /** The byte that the first line begins with; above 0, more is before it. */
  start: number;
  size: number;
  isWhole: boolean;
  error: Error | null;
}

const NOTHING: JobLog = { window: NO_LINES, start: 0, size: 0, isWhole: false, error: null };

/**
 * The output of an attempt from a byte on (null: its end), read as it comes. What is in memory is bounded: of a very long
 * log the first lines are let go again.
 */
export function useJobLog(id: string, attempt: number | null, from: number | null): JobLog {
  const api = useApi();
  const client = useQueryClient();
  const [log, setLog] = useState(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    const decoder = new TextDecoder();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let at = from ?? -1;
    let kept: JobLog = NOTHING;
    const read = async () => {
      try {
        if (at < 0) at = Math.max(0, (await api.work.readLog(id, attempt, 0, 0, stop.signal)).size - TAIL);
        if (kept === NOTHING) kept = { ...NOTHING, start: at };
        const part = await api.work.readLog(id, attempt, at, PIECE, stop.signal);
        let text = decoder.decode(part.content, { stream: true });
        if (at > 0 && at === kept.start && from === null) text = text.slice(text.indexOf("\n") + 1); // the end begins inside a line
        at += part.content.length;
        const isWhole = part.isWhole && at >= part.size;
        kept = { ...kept, window: addText(kept.window, text, MOST_LINES), size: part.size, isWhole, error: null };
        setLog(kept);
        if (isWhole) void client.invalidateQueries({ queryKey: workKeys.job(id) });
        else timer = setTimeout(() => void read(), at < part.size ? 0 : EVERY_MS);
      } catch (error) {
        if (stop.signal.aborted) return;
        setLog({ ...kept, error: error as Error });
        timer = setTimeout(() => void read(), 4 * EVERY_MS);
      }
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
      setLog(NOTHING);
    };
  }, [api, client, id, attempt, from]);
  return log;
}
