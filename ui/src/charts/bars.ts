import { axisNumber, exactNumber, plural, shortNumber } from "../lib/format";
import { type Scale, rangeScale } from "../lib/scale";
import { type Frame, makeAxes } from "./frame";
import type { Drawing } from "./marks";

export interface Bar {
  id: string;
  label: string;
  value: number | null;
  /** One standard deviation each way. */
  sd?: number | null;
  n?: number;
  colour: string;
}

/** How the values of a group lie. */
export interface Box {
  id: string;
  label: string;
  n: number;
  min: number;
  q1: number;
  median: number;
  q3: number;
  max: number;
  mean: number;
  colour: string;
}

const LEAST_ROW = 15;
const MOST_ROW = 56;
const NARROW = 360;

/** Rows from top to bottom, as many as there is room for. */
function rowsThatFit<T>(rows: readonly T[], height: number): { shown: readonly T[]; nHidden: number } {
  const room = Math.max(1, Math.floor((height - 46) / LEAST_ROW));
  return { shown: rows.slice(0, room), nHidden: Math.max(0, rows.length - room) };
}

function rowScale(labels: readonly string[]): Scale {
  const at = (index: number) => (labels.length === 1 ? 0.5 : 1 - index / (labels.length - 1));
  return { kind: "names", names: labels, place: () => Number.NaN, value: () => Number.NaN, ticks: labels.map((label, index) => ({ at: at(index), label })) };
}

function rowAxes(frame: Frame, labels: readonly string[], x: Scale, xLabel: string, nHidden: number) {
  const height = Math.min(frame.height, 46 + labels.length * MOST_ROW);
  const own = { ...frame, height };
  const some = `first ${labels.length} of ${labels.length + nHidden}`;
  const text = !nHidden ? xLabel : frame.width < NARROW ? some : `${some}, ${xLabel}`;
  const axes = makeAxes(own, { x, y: rowScale(labels), xLabel: text, roomX: 0, roomY: 0.5 / Math.max(1, labels.length), edges: { top: 6, right: 48 }, hasXGrid: true });
  const thick = Math.min(26, ((height - axes.top - axes.bottom) / Math.max(1, labels.length)) * 0.62);
  // The lines of the rows say nothing beside bars.
  const marks = axes.marks.filter((mark) => mark.kind !== "path" || mark.points[0]?.[0] === mark.points[1]?.[0]);
  return { axes: { ...axes, marks }, thick, place: (index: number) => axes.py(rowScale(labels).ticks[index]?.at ?? 0) };
}

/** Lying bars, so that long names can be read. They begin at zero, or lengths would lie. */
export function drawBars(frame: Frame, bars: readonly Bar[], xLabel: string): Drawing {
  const { shown, nHidden } = rowsThatFit(bars.filter((bar) => bar.value !== null && Number.isFinite(bar.value)), frame.height);
  const ends = shown.flatMap((bar) => [(bar.value ?? 0) - (bar.sd ?? 0), (bar.value ?? 0) + (bar.sd ?? 0), 0]);
  const x = rangeScale(Math.min(...ends), Math.max(...ends), false, axisNumber);
  const { axes, thick, place } = rowAxes(frame, shown.map((bar) => bar.label), x, xLabel, nHidden);
  const drawing: Drawing = { width: frame.width, height: frame.height, marks: axes.marks, targets: [] };
  for (const [index, bar] of shown.entries()) {
    const value = bar.value ?? 0;
    const y = place(index);
    const [from, to] = [axes.px(x.place(Math.min(0, value))), axes.px(x.place(Math.max(0, value)))];
    drawing.marks.push({ kind: "rect", x: from, y: y - thick / 2, w: Math.max(1, to - from), h: thick, fill: bar.colour, round: 2 });
    const sd = bar.sd ?? 0;
    const [low, high] = [axes.px(x.place(value - sd)), axes.px(x.place(value + sd))];
    if (sd > 0) drawing.marks.push({ kind: "path", points: [[low, y], [high, y], [Number.NaN, 0], [low, y - 3], [low, y + 3], [Number.NaN, 0], [high, y - 3], [high, y + 3]], stroke: frame.ink.text, width: 1.25 });
    drawing.marks.push({ kind: "text", x: Math.max(to, high) + 6, y: y + 4, text: shortNumber(value), colour: frame.ink.text });
    drawing.targets.push({
      id: bar.id,
      x: (from + to) / 2,
      y,
      box: [Math.max(4, (to - from) / 2), thick / 2 + 2],
      title: bar.label,
      rows: [[bar.n === undefined ? xLabel : `mean of ${plural(bar.n, "run")}`, exactNumber(value)], ...(sd > 0 ? [["standard deviation", exactNumber(sd)] as const] : [])],
    });
  }
  return drawing;
}

/** Quartiles as a box, the extremes as whiskers, the mean as a dot. */
export function drawBoxes(frame: Frame, boxes: readonly Box[], xLabel: string): Drawing {
  const { shown, nHidden } = rowsThatFit(boxes, frame.height);
  const x = rangeScale(Math.min(...shown.map((box) => box.min)), Math.max(...shown.map((box) => box.max)), false, axisNumber);
  const { axes, thick, place } = rowAxes(frame, shown.map((box) => `${box.label} (${box.n})`), x, xLabel, nHidden);
  const drawing: Drawing = { width: frame.width, height: frame.height, marks: axes.marks, targets: [] };
  const [left, right] = [axes.px(0), axes.px(1)];
  for (const [index, box] of shown.entries()) {
    const y = place(index);
    const at = (value: number) => axes.px(x.place(value));
    const gap: [number, number] = [Number.NaN, 0];
    drawing.marks.push(
      { kind: "path", points: [[at(box.min), y], [at(box.q1), y], gap, [at(box.q3), y], [at(box.max), y], gap, [at(box.min), y - 4], [at(box.min), y + 4], gap, [at(box.max), y - 4], [at(box.max), y + 4]], stroke: box.colour, width: 1.25 },
      { kind: "rect", x: at(box.q1), y: y - thick / 2, w: Math.max(1, at(box.q3) - at(box.q1)), h: thick, fill: box.colour, alpha: 0.28, round: 2 },
      { kind: "rect", x: at(box.q1), y: y - thick / 2, w: Math.max(1, at(box.q3) - at(box.q1)), h: thick, stroke: box.colour, round: 2 },
      { kind: "path", points: [[at(box.median), y - thick / 2], [at(box.median), y + thick / 2]], stroke: box.colour, width: 2.5 },
      { kind: "circle", x: at(box.mean), y, r: 2.5, fill: frame.ink.text },
    );
    const rows = (["max", "q3", "median", "q1", "min", "mean"] as const).map((name) => [name, exactNumber(box[name])] as const);
    drawing.targets.push({ id: box.id, x: (left + right) / 2, y, box: [(right - left) / 2, thick / 2 + 3], title: `${box.label}, ${plural(box.n, "run")}`, rows });
  }
  return drawing;
}
