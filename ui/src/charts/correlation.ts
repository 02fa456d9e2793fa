import { channels } from "../lib/colour";
import { cutMiddle, roundNumber } from "../lib/format";
import type { Frame } from "./frame";
import type { Drawing } from "./marks";

export interface Correlations {
  labels: string[];
  /** Row by row; NaN where there are too few runs. */
  values: number[][];
  /** Runs that have both. */
  n: number[][];
}

const ENDS = { light: { less: "#b5540a", more: "#2447c4" }, dark: { less: "#f08c4a", more: "#8fa6ff" } } as const;
const GROUNDS = { light: "#ffffff", dark: "#101317" } as const;

/** A square for each pair: blue where both rise together, orange where one falls. */
export function drawCorrelation(frame: Frame, { labels, values, n }: Correlations, theme: "light" | "dark"): Drawing {
  const { width, height, ink } = frame;
  const letters = Math.min(22, Math.max(...labels.map((label) => label.length), 4));
  const left = Math.min(width * 0.35, 12 + letters * 6.4);
  const top = Math.min(height * 0.35, 12 + letters * 4.6);
  const cell = Math.max(8, Math.min(76, (width - left - 20) / labels.length, (height - top - 8) / labels.length));
  const drawing: Drawing = { width, height, marks: [], targets: [] };
  for (const [row, label] of labels.entries()) {
    const y = top + cell * (row + 0.5);
    drawing.marks.push({ kind: "text", x: left - 6, y: y + 4, text: cutMiddle(label, letters), colour: ink.axis, anchor: "end" });
    drawing.marks.push({ kind: "text", x: left + cell * (row + 0.5), y: top - 6, text: cutMiddle(label, letters), colour: ink.axis, turn: -40 });
    for (const [column, other] of labels.entries()) {
      const value = values[row]?.[column] ?? Number.NaN;
      const x = left + cell * (column + 0.5);
      const known = Number.isFinite(value);
      drawing.marks.push({ kind: "rect", x: x - cell / 2 + 0.5, y: y - cell / 2 + 0.5, w: cell - 1, h: cell - 1, round: 2, fill: known ? shade(value, theme) : ink.grid });
      if (cell >= 30 && known) drawing.marks.push({ kind: "text", x, y: y + 4, text: roundNumber(value, 2), colour: Math.abs(value) > 0.55 ? GROUNDS[theme] : ink.text, anchor: "middle" });
      drawing.targets.push({
        id: "",
        x,
        y,
        box: [cell / 2, cell / 2],
        title: row === column ? label : `${label} and ${other}`,
        rows: [["rank correlation", known ? roundNumber(value, 3) : "too few runs"], ["runs", String(n[row]?.[column] ?? 0)]],
      });
    }
  }
  return drawing;
}

function shade(value: number, theme: "light" | "dark"): string {
  const [from, to] = [channels(GROUNDS[theme]), channels(value < 0 ? ENDS[theme].less : ENDS[theme].more)];
  const share = 0.06 + 0.94 * Math.min(1, Math.abs(value));
  return `#${from.map((c, at) => Math.round(c + ((to[at] as number) - c) * share).toString(16).padStart(2, "0")).join("")}`;
}
