import { ramp } from "../lib/colour";
import { exactNumber, roundNumber } from "../lib/format";
import { makeScale, niceTicks } from "../lib/scale";
import { type Surface, contourLines, smoothSurface, surfaceAt } from "../lib/surface";
import { type Axes, type Frame, makeAxes } from "./frame";
import type { Drawing, Mark } from "./marks";

export interface ContourPoint {
  id: string;
  label: string;
  x: string | number | null;
  y: string | number | null;
  value: number;
}

const LEVELS = 8;
/** Pixels of the picture that are computed as one. */
const GRAIN = 3;

/** A metric over two params, smoothed between the runs, which are the dots. Strong colour is good. */
export function drawContour(
  frame: Frame,
  points: readonly ContourPoint[],
  labels: { x: string; y: string; value: string },
  isLowGood: boolean,
  theme: "light" | "dark",
): Drawing {
  const x = makeScale(points.map((p) => p.x), roundNumber);
  const y = makeScale(points.map((p) => p.y), roundNumber);
  const axes = makeAxes(frame, { x, y, xLabel: labels.x, yLabel: labels.y, roomX: 0, roomY: 0, edges: { right: 76 } });
  const drawing: Drawing = { width: frame.width, height: frame.height, marks: [], targets: [] };
  const placed = points.map((p) => ({ ...p, placeX: x.place(p.x), placeY: y.place(p.y) })).filter((p) => Number.isFinite(p.placeX) && Number.isFinite(p.placeY) && Number.isFinite(p.value));
  const surface = smoothSurface(placed.map((p) => ({ x: p.placeX, y: p.placeY, value: p.value })));
  const { low, high } = surface;
  const levels = niceTicks(low, high, LEVELS);
  const edges = [low, ...levels.filter((level) => level > low && level < high), high];
  const shades = edges.slice(1).map((edge, at) => {
    const strength = high > low ? ((edge + (edges[at] as number)) / 2 - low) / (high - low) : 0.5;
    return ramp(0.15 + 0.85 * (isLowGood ? 1 - strength : strength), theme);
  });
  drawing.marks.push(...bandMarks(surface, axes, edges, shades));
  for (const level of levels) {
    for (const [from, to] of contourLines(surface, level)) {
      drawing.marks.push({ kind: "path", points: [[axes.px(from[0]), axes.py(from[1])], [axes.px(to[0]), axes.py(to[1])]], stroke: frame.ink.ground, width: 1, alpha: 0.7 });
    }
  }
  drawing.marks.push(...axes.marks.filter((mark) => mark.kind === "text"));
  for (const point of placed) {
    const [cx, cy] = [axes.px(point.placeX), axes.py(point.placeY)];
    drawing.marks.push({ kind: "circle", x: cx, y: cy, r: placed.length > 300 ? 1.75 : 3, fill: frame.ink.text, stroke: frame.ink.ground });
    drawing.targets.push({ id: point.id, x: cx, y: cy, title: point.label, rows: [[labels.value, exactNumber(point.value)], [labels.x, String(point.x)], [labels.y, String(point.y)]] });
  }
  if (high > low) {
    const [left, top, tall] = [frame.width - 60, axes.top, Math.min(160, frame.height - axes.top - axes.bottom)];
    const place = (value: number) => top + (tall * (high - value)) / (high - low);
    for (const [at, fill] of shades.entries()) {
      const [from, to] = [place(edges[at + 1] as number), place(edges[at] as number)];
      drawing.marks.push({ kind: "rect", x: left, y: from, w: 10, h: to - from + 0.5, fill });
    }
    for (const level of edges.slice(1, -1)) drawing.marks.push({ kind: "text", x: left + 14, y: place(level) + 4, text: roundNumber(level, 3), colour: frame.ink.axis });
  }
  return drawing;
}

/** Rows of a few pixels, cut where the surface passes from one level to the next. */
function bandMarks(surface: Surface, axes: Axes, edges: readonly number[], shades: readonly string[]): Mark[] {
  const [left, right, top, foot] = [axes.px(0), axes.px(1), axes.py(1), axes.py(0)].map(Math.round) as [number, number, number, number];
  const bandOf = (value: number) => (Number.isNaN(value) ? -1 : Math.max(0, edges.findLastIndex((edge, at) => at < shades.length && value >= edge)));
  const marks: Mark[] = [];
  for (let y = top; y < foot; y += GRAIN) {
    const h = Math.min(GRAIN, foot - y);
    const bandAt = (x: number) => bandOf(surfaceAt(surface, Math.min(1, (x + GRAIN / 2 - left) / (right - left)), Math.max(0, (foot - y - h / 2) / (foot - top))));
    let [start, band] = [left, bandAt(left)];
    for (let x = left + GRAIN; x < right + GRAIN; x += GRAIN) {
      const next = x < right ? bandAt(x) : Number.NaN;
      if (next === band) continue;
      if (band >= 0) marks.push({ kind: "rect", x: start, y, w: Math.min(x, right) - start, h, fill: shades[band] as string });
      [start, band] = [x, next];
    }
  }
  return marks;
}
