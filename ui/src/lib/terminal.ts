/** The output of programs as lines: colours of terminals read, lines that were written over kept as they were last. */

/** A stretch of a line in one look. */
export interface Span {
  text: string;
  /** 0 to 7: black, red, green, yellow, blue, magenta, cyan, white; null: as usual. */
  colour: number | null;
  isBold: boolean;
}

// Colours are kept; what moves the cursor, sets a title or opens a link means nothing here.
const CONTROL = /\u001b\[([0-9;:?]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

/** What a terminal would show of a line in which a progress bar went back to the start. */
function lastWritten(line: string): string {
  const end = line.endsWith("\r") ? line.length - 1 : line.length;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
}

export function plainLine(line: string): string {
  return lastWritten(line).replace(CONTROL, "");
}

export function spansOf(line: string): Span[] {
  const text = lastWritten(line);
  const spans: Span[] = [];
  let look = { colour: null as number | null, isBold: false };
  let at = 0;
  const add = (end: number) => {
    if (end > at) spans.push({ text: text.slice(at, end), ...look });
  };
  for (const match of text.matchAll(CONTROL)) {
    add(match.index);
    at = match.index + match[0].length;
    if (match[2] === "m") look = lookAfter(look, match[1] ?? "");
  }
  add(text.length);
  return spans;
}

function lookAfter(look: { colour: number | null; isBold: boolean }, codes: string): typeof look {
  let { colour, isBold } = look;
  const numbers = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] ?? 0;
    if (code === 0) [colour, isBold] = [null, false];
    else if (code === 1) isBold = true;
    else if (code === 22) isBold = false;
    else if (code >= 30 && code <= 37) colour = code - 30;
    else if (code >= 90 && code <= 97) colour = code - 90;
    else if (code === 39) colour = null;
    else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : 4; // of 256 or of 16 million colours: as usual
  }
  return { colour, isBold };
}

/** The lines of a log that are in memory: the newest so many bytes, fed piece by piece. */
export interface LogWindow {
  lines: readonly string[];
  /** The last line, which may go on. */
  rest: string;
  /** Whether lines before the first were dropped. */
  isCut: boolean;
}

export const NO_LINES: LogWindow = { lines: [], rest: "", isCut: false };

/** Adds text and keeps at most so many lines. */
export function addText(window: LogWindow, text: string, mostLines: number): LogWindow {
  const parts = (window.rest + text).split("\n");
  const rest = parts.pop() ?? "";
  const lines = parts.length ? [...window.lines, ...parts] : window.lines;
  const excess = lines.length - mostLines;
  return { lines: excess > 0 ? lines.slice(excess) : lines, rest, isCut: window.isCut || excess > 0 };
}
