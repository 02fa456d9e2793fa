/** The end of a failure's trace, and the line that says what went wrong. */
export interface Trace {
  message: string;
  lines: string[];
}

const INDENTED = /^\s/;

/**
 * The message is the first line that stands at the margin after the last frame: in Python's form frames are indented and
 * what is raised is not, though it may go on for several lines. Without frames it is the last line.
 */
export function readTrace(text: string): Trace {
  const lines = text.trimEnd().split("\n");
  const at = lines.findLastIndex((line, i) => line !== "" && !INDENTED.test(line) && INDENTED.test(lines[i - 1] ?? ""));
  return { message: (at > 0 ? lines[at] : lines.at(-1)) ?? "", lines };
}
