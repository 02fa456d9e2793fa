/** Lines as uPlot wants them: columns over one x, in numbers it can put ticks beside. */
import { align } from "../lib/align";
import type uPlot from "uplot";

export interface PlotLine {
  /** Its own among the lines of a picture; absent: the id. */
  key?: string;
  /** Of the run or group; lines of several metrics share it. */
  id: string;
  label: string;
  /** `#rrggbb` */
  colour: string;
  x: ArrayLike<number>;
  y: readonly (number | null)[];
  /** The same line before smoothing, drawn faintly behind. */
  raw?: readonly (number | null)[] | undefined;
  /** A band around the line. */
  low?: readonly (number | null)[] | undefined;
  high?: readonly (number | null)[] | undefined;
  /** Places where the series is NaN, and where it is infinite. */
  nanX?: readonly number[] | undefined;
  aboveX?: readonly number[] | undefined;
  belowX?: readonly number[] | undefined;
  dash?: readonly number[] | undefined;
  /** At each x, what it is not: the time in ms where x are steps, else the step. */
  other?: readonly (number | null)[];
  /** At each x, how many runs the mean is of; the band is then their standard deviation. */
  n?: readonly number[];
}

/** Not a number; infinite above or below. */
export type Sign = "nan" | "above" | "below";

export interface DrawnSeries {
  look: "main" | "raw" | "edge";
  line: PlotLine;
  /** Places with a gap on both sides: a line needs two points, so these are dots. */
  lone: readonly number[];
}

export interface Drawn {
  data: uPlot.AlignedData;
  series: DrawnSeries[];
  /** Pairs of series, one-based, between which a band is filled. */
  bands: { pair: [number, number]; colour: string }[];
  /** Places without a number that can be drawn, by what stands there instead. */
  signs: { line: PlotLine; sign: Sign; x: readonly number[] }[];
  /** What a number of the columns stands for: a power of ten, where uPlot would find no ticks for the numbers themselves. */
  unit: number;
  /** Of the values that are no outliers, in units; null: whatever uPlot finds. */
  middle: [number, number] | null;
}

export const keyOf = (line: PlotLine) => line.key ?? line.id;

/** Beyond these, uPlot runs out of increments. */
const PLAIN = { least: 1e-6, most: 1e12 };
/** Before the point, of the largest number that uPlot puts ticks beside. */
const DIGITS = 12;
/** What counts as an outlier: a value so many interquartile ranges away from the middle half (Tukey 1977, "far out"). */
const FAR_OUT = 3;

export function toDrawn(lines: readonly PlotLine[], { isLogX, isLogY, isClipped }: { isLogX: boolean; isLogY: boolean; isClipped: boolean }): Drawn {
  const middle = isClipped ? middleOf(lines, isLogY) : null;
  const unit = unitOf(middle ? Math.max(Math.abs(middle[0]), Math.abs(middle[1])) : mostOf(lines), isLogY);
  const series: DrawnSeries[] = [];
  const columns: { x: ArrayLike<number>; y: readonly (number | null)[] }[] = [];
  const bands: Drawn["bands"] = [];
  const add = (line: PlotLine, look: DrawnSeries["look"], y: readonly (number | null)[]) => {
    series.push({ look, line, lone: [] });
    columns.push(placeable(line.x, y, isLogX, isLogY, unit));
    return series.length;
  };
  for (const line of lines) {
    if (line.low && line.high) bands.push({ pair: [add(line, "edge", line.high), add(line, "edge", line.low)], colour: line.colour });
    if (line.raw) add(line, "raw", line.raw);
  }
  for (const line of lines) add(line, "main", line.y);
  const { x, ys } = align(columns);
  return {
    data: [x, ...ys] as uPlot.AlignedData,
    series: series.map((one, at) => (one.look === "main" ? { ...one, lone: lonePlaces(ys[at] ?? []) } : one)),
    bands,
    signs: lines.flatMap(signsOf),
    unit,
    middle: middle && [middle[0] / unit, middle[1] / unit],
  };
}

export function signsOf(line: PlotLine): Drawn["signs"] {
  const all = [
    { line, sign: "nan", x: line.nanX ?? [] },
    { line, sign: "above", x: line.aboveX ?? [] },
    { line, sign: "below", x: line.belowX ?? [] },
  ] as const;
  return all.filter(({ x }) => x.length > 0);
}

/** A cross for NaN, a point of an arrow for infinity; around its middle. */
export function signStrokes(sign: Sign, r: number): [[number, number], [number, number]][] {
  if (sign === "nan") return [[[-r, -r], [r, r]], [[r, -r], [-r, r]]];
  const up = sign === "above" ? -1 : 1;
  return [[[-r, -up * r * 0.6], [0, up * r * 0.6]], [[0, up * r * 0.6], [r, -up * r * 0.6]]];
}

/** Without the places that a scale of powers of ten does not have: zero and below. */
function placeable(x: ArrayLike<number>, y: readonly (number | null)[], isLogX: boolean, isLogY: boolean, unit: number) {
  const scaled = unit === 1 && !isLogY ? y : y.map((value) => (value === null || (isLogY && value <= 0) ? null : value / unit));
  const start = isLogX ? Array.from(x).findIndex((value) => value > 0) : 0;
  if (start === 0) return { x, y: scaled };
  return start < 0 ? { x: [], y: [] } : { x: Array.from(x).slice(start), y: scaled.slice(start) };
}

/** The largest size of what is drawn. */
function mostOf(lines: readonly PlotLine[]): number {
  let most = 0;
  for (const line of lines) {
    for (const column of [line.y, line.low, line.high, line.raw]) {
      for (const value of column ?? []) if (value !== null && Math.abs(value) > most) most = Math.abs(value);
    }
  }
  return most;
}

function unitOf(most: number, isLogY: boolean): number {
  if (most === 0 || (most >= PLAIN.least && most <= PLAIN.most)) return 1;
  // Powers of ten need their room below the largest number; numbers below 1e-307 have no power that can be divided by.
  return Number(`1e${Math.max(-300, Math.floor(Math.log10(most)) - (isLogY ? DIGITS : 0))}`);
}

/** Places of a column beside which, on both sides, there is a gap or nothing at all. */
export function lonePlaces(column: readonly (number | null | undefined)[]): number[] {
  const there = column.flatMap((value, at) => (value === undefined ? [] : [at]));
  return there.filter((at, i) => {
    const isNumber = (place: number | undefined) => place !== undefined && column[place] !== null;
    return column[at] !== null && !isNumber(there[i - 1]) && !isNumber(there[i + 1]);
  });
}

function middleOf(lines: readonly PlotLine[], isLogY: boolean): [number, number] | null {
  const values = lines.flatMap((line) => line.y.filter((value): value is number => value !== null && (!isLogY || value > 0)));
  if (values.length < 2) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const room = FAR_OUT * (at(0.75) - at(0.25));
  return [Math.max(at(0), at(0.25) - room), Math.min(at(1), at(0.75) + room)];
}
