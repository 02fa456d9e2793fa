import { ramp } from "../lib/colour";
import { exactNumber, roundNumber } from "../lib/format";
import { makeScale, niceTicks } from "../lib/scale";
import { contourLines, smoothSurface } from "../lib/surface";
import { type Frame, makeAxes } from "./frame";
import type { Drawing } from "./marks";

export interface ContourPoint {
  id: string;
  label: string;
  x: string | number | null;
  y: string | number | null;
  value: number;
}

const STEPS = 9;

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
  const { n, low, high } = surface;
  const strength = (value: number) => (high > low ? (isLowGood ? high - value : value - low) / (high - low) : 0.5);
  const shade = (value: number) => ramp(0.15 + 0.85 * (Math.floor(Math.min(0.999, strength(value)) * STEPS) / (STEPS - 1)), theme);
  const [cellW, cellH] = [(axes.px(1) - axes.px(0)) / (n - 1), (axes.py(0) - axes.py(1)) / (n - 1)];
  for (const [at, value] of surface.values.entries()) {
    if (Number.isNaN(value)) continue;
    const [column, row] = [at % n, Math.floor(at / n)];
    // Whole pixels, or the ground shows between neighbours.
    const edge = (place: number, size: number, from: number, to: number) => Math.round(Math.min(to, Math.max(from, place + size)));
    const [midX, midY] = [axes.px(column / (n - 1)), axes.py(row / (n - 1))];
    const [left, right] = [edge(midX, -cellW / 2, axes.px(0), axes.px(1)), edge(midX, cellW / 2, axes.px(0), axes.px(1))];
    const [top, foot] = [edge(midY, -cellH / 2, axes.py(1), axes.py(0)), edge(midY, cellH / 2, axes.py(1), axes.py(0))];
    drawing.marks.push({ kind: "rect", x: left, y: top, w: right - left, h: foot - top, fill: shade(value) });
  }
  const levels = niceTicks(low, high, 6);
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
    for (let step = 0; step < STEPS; step++) {
      const value = high - ((step + 0.5) / STEPS) * (high - low);
      drawing.marks.push({ kind: "rect", x: left, y: top + (tall * step) / STEPS, w: 10, h: tall / STEPS + 0.5, fill: shade(value) });
    }
    drawing.marks.push({ kind: "text", x: left + 14, y: top + 9, text: roundNumber(high, 3), colour: frame.ink.axis });
    drawing.marks.push({ kind: "text", x: left + 14, y: top + tall, text: roundNumber(low, 3), colour: frame.ink.axis });
  }
  return drawing;
}
