/** The blocks of a Markdown text: the common subset that notes use. */

export type Block =
  | { kind: "heading" | "text" | "quote" | "code"; text: string }
  | { kind: "list"; isOrdered: boolean; items: string[] }
  | { kind: "table"; head: string[]; rows: string[][] };

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const RULER = /^[\s:|-]*$/;

export function parseMarkdown(text: string): Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    if (!line.trim()) {
      at += 1;
    } else if (line.startsWith("```")) {
      const end = lines.findIndex((other, i) => i > at && other.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (/^#{1,6}\s/.test(line)) {
      blocks.push({ kind: "heading", text: line.replace(/^#+\s+/, "") });
      at += 1;
    } else if (line.includes("|") && isRuler(lines[at + 1] ?? "")) {
      const end = runEnd(lines, at, (other) => other.includes("|"));
      blocks.push({ kind: "table", head: cells(line), rows: lines.slice(at + 2, end).map(cells) });
      at = end;
    } else if (ITEM.test(line)) {
      const end = runEnd(lines, at, (other) => ITEM.test(other));
      const items = lines.slice(at, end).map((other) => ITEM.exec(other)?.[2] ?? "");
      blocks.push({ kind: "list", isOrdered: ITEM.exec(line)?.[1] !== undefined, items });
      at = end;
    } else if (line.startsWith(">")) {
      const end = runEnd(lines, at, (other) => other.startsWith(">"));
      blocks.push({ kind: "quote", text: lines.slice(at, end).map((l) => l.replace(/^>\s?/, "")).join(" ") });
      at = end;
    } else {
      const end = runEnd(lines, at, (other) => other.trim() !== "" && !/^(#{1,6}\s|```|>)/.test(other) && !ITEM.test(other));
      blocks.push({ kind: "text", text: lines.slice(at, end).join(" ") });
      at = end;
    }
  }
  return blocks;
}

/** The line below the head of a table: nothing but its signs, among them a dash and then a bar. */
function isRuler(line: string): boolean {
  return RULER.test(line) && line.includes("-") && line.indexOf("-") < line.lastIndexOf("|");
}

/** The first line from `at` on, past the first, that no longer belongs. */
function runEnd(lines: readonly string[], at: number, belongs: (line: string) => boolean): number {
  let end = at + 1;
  while (end < lines.length && belongs(lines[end] as string)) end += 1;
  return end;
}

function cells(line: string): string[] {
  return line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
}
