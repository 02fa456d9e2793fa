import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { useTheme } from "../components/useTheme";
import { useLatest } from "../components/useLatest";
import { align } from "../lib/align";
import { withAlpha } from "../lib/colour";
import { cutMiddle, roundNumber, shortNumber } from "../lib/format";
import { type AxisKind, axisTick, axisValue, otherValue } from "./axis";
import { resolved } from "./ink";
import { useSize } from "./useSize";
import styles from "./LinePlot.module.css";

export interface PlotLine {
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
  /** Places where the series is NaN. */
  nanX?: readonly number[] | undefined;
  dash?: boolean;
  /** At each x, what it is not: the time in ms where x are steps, else the step. */
  other?: readonly number[];
}

export interface LinePlotProps {
  lines: PlotLine[];
  /** What the picture shows, for those who cannot see it. */
  label: string;
  height?: number;
  axis: AxisKind;
  isLogY?: boolean;
  isLogX?: boolean;
  /** Charts with the same key share the crosshair. */
  syncKey?: string;
  range?: [number, number] | null;
  onRange?: (range: [number, number] | null) => void;
  /** The line under the pointer, here or in another chart. */
  focus?: string | null;
  onFocus?: (id: string | null) => void;
  onPick?: (id: string) => void;
}

interface Tip {
  id: string;
  left: number;
  top: number;
  x: number;
  y: number;
}

const NEAR = 24;
const PAN_START = 3;

/** Lines over steps or time. Drag zooms x, shift-drag pans, a double click shows all. */
export function LinePlot(props: LinePlotProps) {
  const { lines, height = 200, axis, isLogY = false, isLogX = false, syncKey, range = null, focus = null } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const [pin, setPin] = useState<Tip | null>(null);
  const { theme } = useTheme();
  const latest = useLatest({ ...props, tip, setTip, setPin });
  const { width } = useSize(holder);
  const drawn = useMemo(() => toPlot(lines, isLogX, isLogY), [lines, isLogX, isLogY]);
  const drawnNow = useLatest(drawn);
  // uPlot takes new numbers at once, but needs a new picture when lines or scales differ.
  const shape = `${drawn.series.map((s) => s.key).join()}|${axis}|${isLogY}|${isLogX}|${theme}|${syncKey}|${height}`;
  const hasWidth = width > 0;

  useEffect(() => {
    const at = holder.current;
    if (!at || !hasWidth) return undefined;
    const options = makeOptions({ at, height, axis, isLogY, isLogX, syncKey, drawn: drawnNow, latest });
    const made = new uPlot(options, drawnNow.current.data, at);
    plot.current = made;
    const stop = listenToPan(made, latest);
    return () => {
      stop();
      made.destroy();
      plot.current = null;
    };
    // `shape` names all that a picture is made from; numbers come by the next effect.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, hasWidth]);

  useEffect(() => {
    const now = plot.current;
    if (!now) return;
    now.batch(() => {
      now.setData(drawn.data, false);
      const [min, max] = range ?? extent(drawn.data[0]);
      now.setScale("x", { min, max });
    });
  }, [drawn, range, shape, hasWidth]);
  // What was pinned stands elsewhere once scales or sizes are others.
  useEffect(() => setPin(null), [drawn, range, shape, width]);
  useEffect(() => {
    if (width) plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => {
    const at = drawn.series.findIndex((s) => s.id === focus && s.isMain);
    plot.current?.setSeries(at < 0 ? null : at + 1, { focus: at >= 0 });
  }, [focus, drawn, shape]);

  return (
    <div ref={holder} className={styles.plot} style={{ height }} role="img" aria-label={props.label}>
      {pin && <TipBox tip={pin} lines={lines} axis={axis} width={width} isPinned />}
      {tip && tip.id !== pin?.id && <TipBox tip={tip} lines={lines} axis={axis} width={width} />}
    </div>
  );
}

function TipBox({ tip, lines, axis, width, isPinned }: { tip: Tip; lines: readonly PlotLine[]; axis: AxisKind; width: number; isPinned?: boolean }) {
  const line = lines.find((l) => l.id === tip.id);
  if (!line) return null;
  const other = line.other?.[Array.prototype.indexOf.call(line.x, tip.x)];
  return (
    <>
      {isPinned && <span className={styles.pin} style={{ left: tip.left, top: tip.top, background: line.colour }} />}
      <div
        className={styles.tip}
        style={{
          top: Math.max(0, tip.top - (other === undefined ? 58 : 74)),
          ...(tip.left > width / 2 ? { right: width - tip.left + 10 } : { left: tip.left + 10 }),
        }}
      >
        <strong>
          <i style={{ background: line.colour }} />
          {cutMiddle(line.label, 28)}
        </strong>
        <b>{shortNumber(tip.y)}</b>
        <small>{axisValue(tip.x, axis)}</small>
        {other !== undefined && <small>{otherValue(other, axis)}</small>}
      </div>
    </>
  );
}

interface DrawnSeries {
  key: string;
  id: string;
  /** Answers to the pointer; raw lines and bands do not. */
  isMain: boolean;
  colour: string;
  look: "main" | "raw" | "edge";
  dash: boolean;
}

interface Drawn {
  data: uPlot.AlignedData;
  series: DrawnSeries[];
  /** Pairs of series, one-based, between which a band is filled. */
  bands: { pair: [number, number]; colour: string }[];
  nans: { colour: string; x: readonly number[] }[];
}

/** On a scale of powers of ten there is no place for zero and below. */
const placeable = (column: readonly (number | null)[], isLog: boolean) => (isLog ? column.map((value) => (value !== null && value > 0 ? value : null)) : column);

function toPlot(lines: readonly PlotLine[], isLogX: boolean, isLogY: boolean): Drawn {
  const series: DrawnSeries[] = [];
  const columns: { x: ArrayLike<number>; y: readonly (number | null)[] }[] = [];
  const bands: Drawn["bands"] = [];
  const add = (line: PlotLine, look: DrawnSeries["look"], y: readonly (number | null)[]) => {
    series.push({ key: `${line.id}/${look}/${line.colour}`, id: line.id, isMain: look === "main", colour: line.colour, look, dash: line.dash ?? false });
    const start = isLogX ? Array.from(line.x).findIndex((x) => x > 0) : 0;
    const own = placeable(y, isLogY);
    columns.push(start === 0 ? { x: line.x, y: own } : start < 0 ? { x: [], y: [] } : { x: Array.from(line.x).slice(start), y: own.slice(start) });
    return series.length;
  };
  for (const line of lines) {
    if (line.low && line.high) bands.push({ pair: [add(line, "edge", line.high), add(line, "edge", line.low)], colour: line.colour });
    if (line.raw) add(line, "raw", line.raw);
  }
  for (const line of lines) add(line, "main", line.y);
  const { x, ys } = align(columns);
  const nans = lines.filter((line) => line.nanX?.length).map((line) => ({ colour: line.colour, x: line.nanX ?? [] }));
  return { data: [x, ...ys] as uPlot.AlignedData, series, bands, nans };
}

function extent(xs: ArrayLike<number> | undefined): [number, number] {
  if (!xs?.length) return [0, 1];
  const [min, max] = [xs[0] as number, xs[xs.length - 1] as number];
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

interface Making {
  at: HTMLElement;
  height: number;
  axis: AxisKind;
  isLogY: boolean;
  isLogX: boolean;
  syncKey: string | undefined;
  drawn: RefObject<Drawn>;
  latest: RefObject<Latest>;
}

type Latest = LinePlotProps & { tip: Tip | null; setTip: (tip: Tip | null) => void; setPin: (pin: Tip | null) => void };

function makeOptions({ at, height, axis, isLogY, isLogX, syncKey, drawn, latest }: Making): uPlot.Options {
  const read = (name: string) => getComputedStyle(at).getPropertyValue(name);
  const paint = (name: string) => resolved(at, name);
  const ink = paint("--chart-axis");
  const grid = { stroke: paint("--chart-grid"), width: 1 };
  const font = `11px ${read("--font")}`;
  const { series, bands } = drawn.current;
  const isCrowded = series.filter((s) => s.isMain).length > 30;
  return {
    width: Math.floor(at.clientWidth),
    height,
    legend: { show: false },
    padding: [8, 16, 0, 0],
    focus: { alpha: 0.25 },
    cursor: {
      focus: { prox: NEAR },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      ...(syncKey ? { sync: { key: syncKey, setSeries: false } } : {}),
    },
    scales: {
      x: { time: axis === "wall", ...(isLogX ? { distr: 3 } : {}) },
      y: isLogY ? { distr: 3 } : { range: (_, min, max) => padded(min, max) },
    },
    axes: [
      { stroke: ink, grid: { show: false }, ticks: { ...grid, size: 4 }, font, size: 26, values: (_, ticks) => ticks.map((t) => (t === null ? "" : axisTick(t, axis, ticks))) },
      { stroke: ink, grid, ticks: { show: false }, font, size: 52, gap: 4, space: 34, values: (_, ticks) => ticks.map((t) => (t === null ? "" : roundNumber(t))) },
    ],
    series: [
      {},
      ...series.map((s): uPlot.Series => ({
        label: s.key,
        stroke: s.look === "edge" ? "transparent" : s.look === "raw" ? withAlpha(s.colour, 0.28) : s.colour,
        width: s.look === "main" ? (isCrowded ? 1 : 1.5) : 1,
        points: { show: false },
        ...(s.dash ? { dash: [5, 4] } : {}),
      })),
    ],
    bands: bands.map(({ pair, colour }) => ({ series: pair, fill: withAlpha(colour, 0.16) })),
    hooks: {
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          latest.current.onRange?.([u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [(u) => follow(u, drawn.current, latest.current)],
      draw: [(u) => markNans(u, drawn.current), (u) => markSingles(u, drawn.current)],
    },
  };
}

export function padded(min: number, max: number): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  if (min === max) return [min - (Math.abs(min) || 1) * 0.1, max + (Math.abs(max) || 1) * 0.1];
  const room = (max - min) * 0.06;
  return [min - room, max + room];
}

/** Finds the line nearest to the pointer, and says so. Crosshairs of other charts move without a pointer over them. */
function follow(u: uPlot, drawn: Drawn, props: Latest): void {
  const { left = -1, top = -1 } = u.cursor;
  if (left < 0 || !u.over.matches(":hover")) {
    props.setTip(null);
    return;
  }
  const x = u.posToVal(left, "x");
  let best: Tip | null = null;
  let bestGap = NEAR;
  drawn.series.forEach((series, at) => {
    if (!series.isMain) return;
    const place = nearestPlace(u.data[0], u.data[at + 1] as (number | null | undefined)[], x);
    if (place < 0) return;
    const y = u.data[at + 1]?.[place] as number;
    const [px, py] = [u.valToPos(u.data[0][place] as number, "x"), u.valToPos(y, "y")];
    const gap = Math.abs(py - top) + Math.max(0, Math.abs(px - left) - 30);
    if (gap < bestGap) {
      bestGap = gap;
      best = { id: series.id, left: u.over.offsetLeft + px, top: u.over.offsetTop + py, x: u.data[0][place] as number, y };
    }
  });
  props.setTip(best);
  props.onFocus?.(best ? (best as Tip).id : null);
}

/** The place nearest to x at which the column has a number; -1 if none is near. */
function nearestPlace(xs: ArrayLike<number>, column: readonly (number | null | undefined)[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  for (let away = 0; away < 400; away++) {
    const [after, before] = [low + away, low - away - 1];
    if (typeof column[before] === "number" && (typeof column[after] !== "number" || x - (xs[before] as number) < (xs[after] as number) - x)) return before;
    if (typeof column[after] === "number") return after;
  }
  return -1;
}

/** Small crosses at the foot where a series is not a number, so that a gap is not taken for a missing log call. */
function markNans(u: uPlot, { nans }: Drawn): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const y = u.bbox.top + u.bbox.height - 5 * ratio;
  ctx.save();
  ctx.lineWidth = 1.25 * ratio;
  for (const { colour, x } of nans) {
    ctx.strokeStyle = colour;
    let last = -Infinity;
    for (const value of x) {
      const px = u.valToPos(value, "x", true);
      if (px < u.bbox.left || px > u.bbox.left + u.bbox.width || px - last < 6 * ratio) continue;
      last = px;
      const r = 2.5 * ratio;
      ctx.beginPath();
      ctx.moveTo(px - r, y - r);
      ctx.lineTo(px + r, y + r);
      ctx.moveTo(px + r, y - r);
      ctx.lineTo(px - r, y + r);
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** A line needs two points; a series of one is drawn as a dot. */
function markSingles(u: uPlot, drawn: Drawn): void {
  drawn.series.forEach((series, at) => {
    if (!series.isMain) return;
    const column = u.data[at + 1] as (number | null | undefined)[];
    let only = -1;
    for (let i = 0; i < column.length; i++) {
      if (typeof column[i] !== "number") continue;
      if (only >= 0) return;
      only = i;
    }
    if (only < 0) return;
    const { ctx } = u;
    ctx.beginPath();
    ctx.fillStyle = series.colour;
    ctx.arc(u.valToPos(u.data[0][only] as number, "x", true), u.valToPos(column[only] as number, "y", true), 3 * devicePixelRatio, 0, 7);
    ctx.fill();
  });
}

/** Shift-drag pans, a click pins and picks, a double click shows all. */
function listenToPan(u: uPlot, latest: RefObject<Latest>): () => void {
  const { over } = u;
  let downAt = 0;
  const onDown = (event: PointerEvent) => {
    downAt = event.clientX;
    if (!event.shiftKey) return;
    event.stopImmediatePropagation();
    const { min = 0, max = 1 } = u.scales.x as { min?: number; max?: number };
    const perPixel = (max - min) / over.clientWidth;
    const onMove = (move: PointerEvent) => {
      const by = (event.clientX - move.clientX) * perPixel;
      if (Math.abs(event.clientX - move.clientX) > PAN_START) latest.current.onRange?.([min + by, max + by]);
    };
    const onUp = () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
  };
  const stopDrag = (event: MouseEvent) => {
    if (event.shiftKey) event.stopImmediatePropagation();
  };
  const onDouble = () => latest.current.onRange?.(null);
  const onClick = (event: MouseEvent) => {
    // The end of a drag is no click.
    if (event.shiftKey || Math.abs(event.clientX - downAt) > PAN_START) return;
    const { tip, setPin, onPick } = latest.current;
    setPin(tip);
    if (tip) onPick?.(tip.id);
  };
  const onLeave = () => {
    latest.current.setTip(null);
    latest.current.onFocus?.(null);
  };
  over.addEventListener("pointerdown", onDown);
  over.addEventListener("mousedown", stopDrag, true);
  over.addEventListener("dblclick", onDouble);
  over.addEventListener("click", onClick);
  over.addEventListener("mouseleave", onLeave);
  return () => {
    over.removeEventListener("pointerdown", onDown);
    over.removeEventListener("mousedown", stopDrag, true);
    over.removeEventListener("dblclick", onDouble);
    over.removeEventListener("click", onClick);
    over.removeEventListener("mouseleave", onLeave);
  };
}
