/** How uPlot draws lines: its scales, axes and strokes, and the marks it does not know. */
import type { RefObject } from "react";
import uPlot from "uplot";
import { withAlpha } from "../lib/colour";
import { axisNumber } from "../lib/format";
import { type AxisKind, axisTick } from "./axis";
import { type Drawn, type DrawnSeries, keyOf, signStrokes } from "./drawn";
import { resolved } from "./ink";
import { type Answers, NEAR, follow } from "./pointing";
import { logTicks, padded, paddedLog } from "./ticks";

export interface Making {
  at: HTMLElement;
  height: number;
  axis: AxisKind;
  isLogY: boolean;
  isLogX: boolean;
  syncKey: string | undefined;
  drawn: RefObject<Drawn>;
  answers: RefObject<Answers>;
}

/** Of the other lines, while one is pointed at. */
const FADED = 0.2;
const CROWD = 30;
const TICK_ROOM = 34;
const LETTER = 6.3;
const LEAST_LEFT = 52;
const SIGN_GAP = 6;

export function makeOptions({ at, height, axis, isLogY, isLogX, syncKey, drawn, answers }: Making): uPlot.Options {
  const paint = (name: string) => resolved(at, name);
  const ink = paint("--chart-axis");
  const grid = { stroke: paint("--chart-grid"), width: 1 };
  const font = `11px ${getComputedStyle(at).getPropertyValue("--font")}`;
  const { series, bands } = drawn.current;
  const isCrowded = series.filter((s) => s.look === "main").length > CROWD;
  const range = (min: number, max: number): [number, number] => (isLogY ? paddedLog(min, max) : padded(min, max));
  return {
    width: Math.floor(at.clientWidth),
    height,
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: {
      focus: { prox: NEAR },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      ...(syncKey ? { sync: { key: syncKey, setSeries: false } } : {}),
    },
    scales: {
      x: { time: axis === "wall", ...(isLogX ? { distr: 3 } : {}) },
      y: { ...(isLogY ? { distr: 3 } : {}), range: (_, min, max) => range(...(drawn.current.middle ?? [min, max])) },
    },
    axes: [
      { stroke: ink, grid: { show: false }, ticks: { ...grid, size: 4 }, font, size: 26, values: (_, ticks) => ticks.map((t) => (t === null ? "" : axisTick(t, axis, ticks))) },
      {
        stroke: ink,
        grid,
        ticks: { show: false },
        font,
        gap: 4,
        space: TICK_ROOM,
        // Wider for long words only, so that charts below each other keep a common edge.
        size: (_, words) => Math.max(LEAST_LEFT, ...(words ?? []).map((word) => word.length * LETTER + 10)),
        ...(isLogY ? { splits: (u: uPlot, _: number, min: number, max: number) => logTicks(min, max, Math.max(2, Math.floor(u.bbox.height / devicePixelRatio / TICK_ROOM))), filter: (_: uPlot, ticks: number[]) => ticks } : {}),
        values: (_, ticks) => ticks.map((t) => (t === null ? "" : axisNumber(t * drawn.current.unit))),
      },
    ],
    series: [{}, ...series.map((s) => strokeOf(s, isCrowded))],
    bands: bands.map(({ pair, colour }) => ({ series: pair, fill: withAlpha(colour, 0.16) })),
    hooks: {
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          answers.current.onRange?.([u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [(u) => follow(u, drawn.current, answers.current)],
      draw: [(u) => markSigns(u, drawn.current), (u) => markLone(u, drawn.current)],
    },
  };
}

function strokeOf({ look, line }: DrawnSeries, isCrowded: boolean): uPlot.Series {
  return {
    label: `${keyOf(line)}/${look}`,
    stroke: look === "edge" ? "transparent" : look === "raw" ? withAlpha(line.colour, 0.28) : line.colour,
    width: look === "main" && !isCrowded ? 1.5 : 1,
    points: { show: false },
    ...(line.dash && look === "main" ? { dash: [...line.dash] } : {}),
  };
}

/** What a picture is made from: with another text it has to be made anew, with the same one numbers are enough. */
export function strokesText(drawn: Drawn): string {
  return drawn.series.map(({ look, line }) => `${keyOf(line)}/${look}/${line.colour}/${line.dash?.join(".") ?? ""}`).join();
}

/** Lets the lines of a run stand out; with null all are alike. */
export function focusOn(u: uPlot, drawn: Drawn, id: string | null): void {
  const isKnown = id !== null && drawn.series.some(({ line }) => line.id === id);
  let hasChanged = false;
  for (const [at, { line }] of drawn.series.entries()) {
    const series = u.series[at + 1];
    const alpha = !isKnown || line.id === id ? 1 : FADED;
    if (!series || (series.alpha ?? 1) === alpha) continue;
    series.alpha = alpha;
    hasChanged = true;
  }
  if (hasChanged) u.redraw(false);
}

/** Small signs at the edge where a series has no number, so that a gap is not taken for a missing log call. */
function markSigns(u: uPlot, { signs }: Drawn): void {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  const edge = { nan: u.bbox.top + u.bbox.height - 5 * ratio, below: u.bbox.top + u.bbox.height - 5 * ratio, above: u.bbox.top + 4 * ratio };
  ctx.save();
  ctx.lineWidth = 1.25 * ratio;
  for (const { line, sign, x } of signs) {
    ctx.strokeStyle = line.colour;
    let last = -Infinity;
    for (const value of x) {
      const px = u.valToPos(value, "x", true);
      if (px < u.bbox.left || px > u.bbox.left + u.bbox.width || px - last < SIGN_GAP * ratio) continue;
      last = px;
      ctx.beginPath();
      for (const [from, to] of signStrokes(sign, 2.5 * ratio)) {
        ctx.moveTo(px + from[0], edge[sign] + from[1]);
        ctx.lineTo(px + to[0], edge[sign] + to[1]);
      }
      ctx.stroke();
    }
  }
  ctx.restore();
}

function markLone(u: uPlot, drawn: Drawn): void {
  const { ctx } = u;
  const radius = (drawn.series.length > CROWD ? 2 : 3) * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left, u.bbox.top - radius, u.bbox.width, u.bbox.height + 2 * radius);
  ctx.clip();
  for (const [at, { lone, line }] of drawn.series.entries()) {
    if (!lone.length) continue;
    ctx.fillStyle = line.colour;
    ctx.globalAlpha = u.series[at + 1]?.alpha ?? 1;
    for (const place of lone) {
      ctx.beginPath();
      ctx.arc(u.valToPos(u.data[0][place] as number, "x", true), u.valToPos(u.data[at + 1]?.[place] as number, "y", true), radius, 0, 7);
      ctx.fill();
    }
  }
  ctx.restore();
}
