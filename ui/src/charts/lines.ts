/** Lines as a drawing: for files, which need their axes and names in the picture. */
import { withAlpha } from "../lib/colour";
import { axisNumber, cutMiddle } from "../lib/format";
import { type Scale, rangeScale } from "../lib/scale";
import { type AxisKind, axisTick } from "./axis";
import { type Frame, makeAxes } from "./frame";
import { type PlotLine, signStrokes, signsOf } from "./drawn";
import type { Drawing, Mark } from "./marks";

export interface LineView {
  axis: AxisKind;
  xLabel: string;
  isLogX: boolean;
  isLogY: boolean;
  range: [number, number] | null;
}

const NAMED = 24;
const NAME_HEIGHT = 16;

export function drawLines(frame: Frame, lines: readonly PlotLine[], view: LineView): Drawing {
  const named = lines.slice(0, NAMED);
  const perRow = Math.max(1, Math.floor((frame.width - 20) / 180));
  const legend = Math.ceil((named.length + (lines.length > NAMED ? 1 : 0)) / perRow) * NAME_HEIGHT + 8;
  const [start, end] = view.range ?? bounds(lines.map((line) => line.x));
  const seen = lines.map((line) => columnsOf(line).map((column) => inRange(line.x, column, start, end))).flat();
  const [low, high] = bounds(seen.map((column) => (view.isLogY ? column.filter((y) => y !== null && y > 0) : column)));
  const x = rangeScale(start, end, view.isLogX, String);
  const words = x.ticks.map((tick) => x.value(tick.at));
  const xScale: Scale = { ...x, ticks: x.ticks.map((tick, at) => ({ at: tick.at, label: axisTick(words[at] as number, view.axis, words) })) };
  const y = rangeScale(low, high, view.isLogY, axisNumber);
  const plotHeight = frame.height - legend;
  const axes = makeAxes({ ...frame, height: plotHeight }, { x: xScale, y, xLabel: view.xLabel, roomX: 0 });
  const marks: Mark[] = [...axes.marks];
  const points = (line: PlotLine, column: readonly (number | null)[]): [number, number][] =>
    Array.from(line.x, (value, at): [number, number] => {
      const own = column[at];
      const isThere = own !== null && own !== undefined && value >= start && value <= end;
      return isThere ? [axes.px(x.place(value)), axes.py(y.place(own))] : [Number.NaN, Number.NaN];
    });
  for (const line of lines) {
    if (line.low && line.high) marks.push({ kind: "path", points: ring(points(line, line.low), points(line, line.high)), fill: withAlpha(line.colour, 0.16) });
    if (line.raw) marks.push({ kind: "path", points: points(line, line.raw), stroke: withAlpha(line.colour, 0.28), width: 1 });
  }
  for (const line of lines) {
    const own = points(line, line.y);
    const there = own.filter(([px]) => Number.isFinite(px));
    if (there.length === 1) marks.push({ kind: "circle", x: (there[0] as [number, number])[0], y: (there[0] as [number, number])[1], r: 3, fill: line.colour });
    else marks.push({ kind: "path", points: own, stroke: line.colour, width: 1.5, ...(line.dash ? { dash: line.dash } : {}) });
  }
  for (const { line, sign, x: places } of lines.flatMap(signsOf)) {
    const foot = sign === "above" ? axes.top + 4 : plotHeight - axes.bottom - 5;
    for (const place of places.filter((value) => value >= start && value <= end && Number.isFinite(x.place(value)))) {
      for (const stroke of signStrokes(sign, 2.5)) marks.push({ kind: "path", points: stroke.map(([dx, dy]): [number, number] => [axes.px(x.place(place)) + dx, foot + dy]), stroke: line.colour, width: 1.25 });
    }
  }
  named.forEach((line, at) => {
    const [left, top] = [10 + (at % perRow) * 180, plotHeight + 12 + Math.floor(at / perRow) * NAME_HEIGHT];
    marks.push({ kind: "rect", x: left, y: top - 5, w: 12, h: 3, fill: line.colour, round: 1 });
    marks.push({ kind: "text", x: left + 18, y: top, text: cutMiddle(line.label, 25), colour: frame.ink.text });
  });
  if (lines.length > NAMED) {
    const at = named.length;
    marks.push({ kind: "text", x: 10 + (at % perRow) * 180, y: plotHeight + 12 + Math.floor(at / perRow) * NAME_HEIGHT, text: `and ${lines.length - NAMED} more`, colour: frame.ink.axis });
  }
  return { width: frame.width, height: frame.height, marks, targets: [] };
}

const columnsOf = (line: PlotLine) => [line.y, line.raw, line.low, line.high].filter((column) => column !== undefined);

function inRange(x: ArrayLike<number>, column: readonly (number | null)[], start: number, end: number): (number | null)[] {
  return column.filter((_, at) => (x[at] as number) >= start && (x[at] as number) <= end);
}

function bounds(columns: readonly ArrayLike<number | null>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns) {
    for (let at = 0; at < column.length; at++) {
      const value = column[at];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** There along one edge and back along the other. */
function ring(low: readonly [number, number][], high: readonly [number, number][]): [number, number][] {
  const has = low.map(([x], at) => Number.isFinite(x) && Number.isFinite(high[at]?.[0]));
  return [...low.filter((_, at) => has[at]), ...high.filter((_, at) => has[at]).reverse()];
}
