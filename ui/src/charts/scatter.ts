import { axisNumber, exactNumber } from "../lib/format";
import { makeScale } from "../lib/scale";
import { type Frame, makeAxes } from "./frame";
import type { Drawing } from "./marks";

export interface ScatterPoint {
  id: string;
  label: string;
  x: string | number | null;
  y: number | null;
  colour: string;
  /** Faint points are there, but not what the reader looks at. */
  isFaint?: boolean;
}

export interface ScatterAxes {
  xLabel: string;
  yLabel: string;
  isLogX?: boolean;
  isLogY?: boolean;
}

/** Points on two axes; an axis of names shows each name's points in a column of their own. */
export function drawScatter(frame: Frame, points: readonly ScatterPoint[], { xLabel, yLabel, isLogX = false, isLogY = false }: ScatterAxes): Drawing {
  const x = makeScale(points.map((p) => p.x), axisNumber, isLogX);
  const y = makeScale(points.map((p) => p.y), axisNumber, isLogY);
  const axes = makeAxes(frame, { x, y, xLabel, yLabel, roomX: x.kind === "names" ? 0.08 : 0.03 });
  const column = (frame.width - axes.left - axes.right) / Math.max(1, x.ticks.length);
  const spread = x.kind === "names" ? Math.min(40, column * 0.5) : 0;
  const isCrowded = points.length > 500;
  const drawing: Drawing = { width: frame.width, height: frame.height, marks: axes.marks, targets: [] };
  for (const [at, point] of points.entries()) {
    const [placeX, placeY] = [x.place(point.x), y.place(point.y)];
    if (!Number.isFinite(placeX) || !Number.isFinite(placeY)) continue;
    // The same place at each drawing: a hash of the position in the list, not chance.
    const aside = spread * (((at * 7919) % 100) / 100 - 0.5);
    const [cx, cy] = [axes.px(placeX) + aside, axes.py(placeY)];
    drawing.marks.push({ kind: "circle", x: cx, y: cy, r: point.isFaint ? (isCrowded ? 2 : 3) : 4.5, fill: point.colour, alpha: point.isFaint ? (isCrowded ? 0.4 : 0.6) : 1, ...(point.isFaint ? {} : { stroke: frame.ink.ground }) });
    drawing.targets.push({
      id: point.id,
      x: cx,
      y: cy,
      title: point.label,
      rows: [[yLabel, exactNumber(point.y)], [xLabel, exactNumber(Number.isFinite(Number(point.x)) ? Number(point.x) : null) || String(point.x)]],
    });
  }
  return drawing;
}
