/** Axes around a drawing. */
import { cutMiddle } from "../lib/format";
import type { Scale } from "../lib/scale";
import type { Ink } from "./ink";
import type { Mark } from "./marks";

export interface Frame {
  width: number;
  height: number;
  ink: Ink;
}

export interface Edges {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Axes extends Edges {
  /** Pixels of a place from 0 to 1. */
  px: (at: number) => number;
  py: (at: number) => number;
  marks: Mark[];
}

const LETTER = 6.2;

interface AxesOptions {
  x: Scale;
  y: Scale;
  xLabel?: string;
  yLabel?: string;
  /** Space left free at both ends of an axis, as shares of it. */
  roomX?: number;
  roomY?: number;
  edges?: Partial<Edges>;
  hasXGrid?: boolean;
}

/** Axes with ticks, and as much room for their labels as these need. */
export function makeAxes({ width, height, ink }: Frame, { x, y, xLabel, yLabel, roomX = 0.03, roomY = 0.04, edges = {}, hasXGrid }: AxesOptions): Axes {
  const longest = y.ticks.reduce((most, tick) => Math.max(most, Math.min(24, tick.label.length)), 0);
  const left = edges.left ?? Math.min(width * 0.4, 14 + longest * LETTER + (yLabel ? 16 : 0));
  const lettersY = Math.max(4, Math.min(24, Math.floor((left - 12 - (yLabel ? 16 : 0)) / LETTER)));
  const right = edges.right ?? 14;
  const top = edges.top ?? 10;
  const bottom = edges.bottom ?? (xLabel ? 40 : 24);
  const across = Math.max(1, width - left - right);
  const down = Math.max(1, height - top - bottom);
  const px = (at: number) => left + across * (roomX + at * (1 - 2 * roomX));
  const py = (at: number) => top + down * (1 - (roomY + at * (1 - 2 * roomY)));
  const marks: Mark[] = [];
  for (const tick of spaced(y.ticks, down * (1 - 2 * roomY), 14)) {
    marks.push({ kind: "path", points: [[left, py(tick.at)], [width - right, py(tick.at)]], stroke: ink.grid });
    marks.push({ kind: "text", x: left - 8, y: py(tick.at) + 4, text: cutMiddle(tick.label, lettersY), colour: ink.axis, anchor: "end" });
  }
  const most = Math.max(3, Math.floor(across / Math.max(1, x.ticks.length) / LETTER));
  const letters = x.kind === "names" ? Math.min(24, most) : 10;
  for (const tick of spaced(x.ticks, across * (1 - 2 * roomX), letters * LETTER)) {
    if (hasXGrid) marks.push({ kind: "path", points: [[px(tick.at), top], [px(tick.at), height - bottom]], stroke: ink.grid });
    marks.push({ kind: "text", x: px(tick.at), y: height - bottom + 16, text: cutMiddle(tick.label, letters), colour: ink.axis, anchor: "middle" });
  }
  if (xLabel) marks.push({ kind: "text", x: left + across / 2, y: height - 6, text: cutMiddle(xLabel, Math.floor(across / LETTER)), colour: ink.text, anchor: "middle" });
  if (yLabel) marks.push({ kind: "text", x: 11, y: top + down / 2, text: cutMiddle(yLabel, Math.floor(down / LETTER)), colour: ink.text, anchor: "middle", turn: -90 });
  return { px, py, marks, left, right, top, bottom };
}

/** Every tick, or every second or third, so that none stands on another. */
function spaced<T extends { at: number }>(ticks: readonly T[], length: number, room: number): T[] {
  const gap = ticks.length > 1 ? Math.min(...ticks.slice(1).map((tick, i) => Math.abs(tick.at - (ticks[i] as T).at))) * length : length;
  const every = Math.max(1, Math.ceil(room / Math.max(1, gap)));
  return ticks.filter((_, at) => at % every === 0);
}
