/** The output of programs as lines: colours of terminals read, lines that were written over kept as they were last. */

/** A stretch of a line in one look. */
export interface Span {
  text: string;
  /** 0 to 7: black, red, green, yellow, blue, magenta, cyan, white; null: as usual. */
  colour: number | null;
  isBold: boolean;
}

interface Look {
  colour: number | null;
  isBold: boolean;
}

const USUAL: Look = { colour: null, isBold: false };

// Colours are kept. What moves the cursor, chooses a character set, sets a title or opens a link means nothing here, and
// neither does a sequence that is still to come whole. In this order: CSI, strings up to their end, all other escapes, control
// characters of one byte and of two.
const CONTROL = /\u001b\[([0-?]*)[ -/]*([@-~]|$)|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\u001b(?:[ -/]*[0-~]|[ -/]*$)|[\u0000-\u0008\u000b-\u001a\u001b-\u001f\u007f-\u009f]/g;
const COLOURS_SET = /\u001b\[([0-9;:]*)m/g;

/** Characters of a line that are kept: more of them nobody reads, and they slow a browser down. */
export const MOST_SIGNS = 10_000;

/** What a terminal would show of a line in which a progress bar went back to the start, in the colours that it had there. */
function lastWritten(line: string): string {
  const text = line.replace(/\r+$/, "");
  const at = text.lastIndexOf("\r");
  return at < 0 ? text : codeOf(lookAt(text.slice(0, at))) + text.slice(at + 1);
}

export function plainLine(line: string): string {
  return lastWritten(line).replace(CONTROL, "");
}

export function spansOf(line: string): Span[] {
  const text = lastWritten(line);
  const spans: Span[] = [];
  let look = USUAL;
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

/** How text looks that follows. */
function lookAt(text: string): Look {
  let look = USUAL;
  for (const [, codes] of text.matchAll(COLOURS_SET)) look = lookAfter(look, codes ?? "");
  return look;
}

function codeOf({ colour, isBold }: Look): string {
  const codes = [isBold && "1", colour !== null && String(30 + colour)].filter(Boolean);
  return codes.length ? `\u001b[${codes.join(";")}m` : "";
}

function lookAfter(look: Look, codes: string): Look {
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
    else if (code === 38 || code === 48) {
      // Of 256 colours the first 16 are the usual ones, dark and bright; others, and those of 16 million, are as usual.
      const isIndexed = numbers[i + 1] === 5;
      const index = numbers[i + 2] ?? 0;
      if (code === 38) colour = isIndexed && index < 16 ? index % 8 : null;
      i += isIndexed ? 2 : 4;
    }
  }
  return { colour, isBold };
}

/** Lines of a log that are in memory, fed piece by piece. */
export interface LogWindow {
  lines: readonly string[];
  /** The last line, which may go on. */
  rest: string;
  /** Characters of the last line that are not kept. */
  nLeftOut: number;
  /** Whether lines before the first were dropped. */
  isCut: boolean;
}

export const NO_LINES: LogWindow = { lines: [], rest: "", nLeftOut: 0, isCut: false };

/** All lines of a window, the one that may go on as well. */
export function linesOf({ lines, rest, nLeftOut }: LogWindow): readonly string[] {
  return rest || nLeftOut ? [...lines, noted(rest, nLeftOut)] : lines;
}

/** Adds text and keeps at most so many lines. A colour that a line leaves on is on in the next, as a terminal has it. */
export function addText(window: LogWindow, text: string, mostLines: number): LogWindow {
  const parts = text.split("\n");
  const added: string[] = [];
  let { rest, nLeftOut } = window;
  parts.forEach((part, at) => {
    [rest, nLeftOut] = grown(rest, nLeftOut, part);
    if (at === parts.length - 1) return;
    added.push(noted(rest, nLeftOut));
    [rest, nLeftOut] = [rest.includes("\u001b") ? codeOf(lookAt(rest)) : "", 0];
  });
  const lines = added.length ? [...window.lines, ...added] : window.lines;
  const excess = lines.length - mostLines;
  return { lines: excess > 0 ? lines.slice(excess) : lines, rest, nLeftOut, isCut: window.isCut || excess > 0 };
}

/** A line with more text: without what was written over, and no longer than can be read. */
function grown(line: string, nLeftOut: number, more: string): [line: string, nLeftOut: number] {
  const back = more.replace(/\r+$/, "").lastIndexOf("\r");
  const goesOver = back >= 0 || (line.endsWith("\r") && more !== "" && !/^\r+$/.test(more));
  const whole = goesOver ? lastWritten(line + more) + (more.endsWith("\r") ? "\r" : "") : line + more;
  const before = goesOver ? 0 : nLeftOut;
  return whole.length > MOST_SIGNS ? [whole.slice(0, MOST_SIGNS), before + whole.length - MOST_SIGNS] : [whole, before];
}

function noted(line: string, nLeftOut: number): string {
  return nLeftOut ? `${line} … and ${nLeftOut.toLocaleString("en")} more characters` : line;
}
