import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { parseField } from "../lib/field";
import { cutMiddle, roundNumber } from "../lib/format";
import { type Scale, makeScale } from "../lib/scale";
import type { Frame } from "./frame";
import type { Drawing, Mark } from "./marks";
import { useSize } from "./useSize";
import styles from "./drawings.module.css";

export interface ParallelAxis {
  id: string;
  label: string;
}

/** What a brush lets through of an axis. */
export interface Kept {
  axis: string;
  /** Bounds of numbers; null for an axis of names. */
  range: [number, number] | null;
  names: string[];
}

export interface ParallelLine {
  id: string;
  colour: string;
  values: (string | number | null)[];
}

/** Of an axis, from 0 at its foot to 1 at its head. */
export type Brushes = Readonly<Record<string, [number, number]>>;

const EDGE = { top: 40, bottom: 16, side: 70 };
const LEAST = 0.01;

/** A line for each run across all axes. Dragging on an axis keeps only the lines that pass there. */
export function ParallelPlot({
  axes,
  lines,
  height = 460,
  onKept,
}: {
  axes: ParallelAxis[];
  lines: ParallelLine[];
  height?: number;
  /** How many lines pass all brushes, and what these let through; null without brushes. */
  onKept: (kept: { n: number; by: Kept[] } | null) => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(holder);
  const [brushes, setBrushes] = useState<Brushes>({});
  const start = useRef<{ id: string; at: number } | null>(null);

  const scales = useMemo(() => makeScales(axes, lines), [axes, lines]);
  const places = useMemo(() => lines.map((line) => scales.map((scale, at) => scale.place(line.values[at]))), [lines, scales]);
  const isKept = useMemo(
    () =>
      places.map((place) =>
        axes.every(({ id }, at) => {
          const brush = brushes[id];
          const value = place[at] as number;
          return !brush || (value >= brush[0] && value <= brush[1]);
        }),
      ),
    [places, axes, brushes],
  );
  const gap = axes.length > 1 ? (width - 2 * EDGE.side) / (axes.length - 1) : 0;
  const px = (at: number) => (axes.length > 1 ? EDGE.side + at * gap : width / 2);
  const py = (value: number) => EDGE.top + (1 - value) * (height - EDGE.top - EDGE.bottom);

  useEffect(() => {
    const at = canvas.current;
    const ctx = at?.getContext("2d");
    if (!at || !ctx || !width) return;
    const ratio = devicePixelRatio;
    at.width = width * ratio;
    at.height = height * ratio;
    ctx.scale(ratio, ratio);
    ctx.lineWidth = lines.length > 200 ? 0.75 : 1.25;
    const alpha = Math.max(0.15, Math.min(0.8, 60 / lines.length));
    const draw = (index: number) => {
      ctx.beginPath();
      let isDown = false;
      for (const [i, value] of (places[index] as number[]).entries()) {
        if (!Number.isFinite(value)) {
          isDown = false;
          continue;
        }
        const [x, y] = [px(i), py(value)];
        if (isDown) ctx.bezierCurveTo(x - gap / 2, py((places[index] as number[])[i - 1] as number), x - gap / 2, y, x, y);
        else ctx.moveTo(x, y);
        isDown = true;
      }
      ctx.stroke();
    };
    for (const wanted of [false, true]) {
      lines.forEach((line, index) => {
        if (isKept[index] !== wanted) return;
        ctx.strokeStyle = line.colour;
        ctx.globalAlpha = wanted ? alpha : 0.04;
        draw(index);
      });
    }
    // px and py follow from the sizes listed here.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lines, places, isKept, width, height, axes.length]);

  const valueAt = (event: PointerEvent<SVGElement>) => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - (box?.top ?? 0) - EDGE.top) / (height - EDGE.top - EDGE.bottom)));
  };
  const change = (next: Brushes) => setBrushes(next);
  const tell = (next: Brushes) => {
    const any = Object.keys(next).length > 0;
    const passes = (index: number) => axes.every(({ id }, at) => !next[id] || ((places[index]?.[at] ?? -1) >= next[id][0] && (places[index]?.[at] ?? 2) <= next[id][1]));
    onKept(any ? { n: lines.filter((_, index) => passes(index)).length, by: axes.flatMap(({ id }, at) => keptOf(id, next[id], scales[at])) } : null);
  };
  const drag = (id: string) => ({
    onPointerDown: (event: PointerEvent<SVGRectElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { id, at: valueAt(event) };
    },
    onPointerMove: (event: PointerEvent<SVGRectElement>) => {
      if (start.current?.id !== id) return;
      const now = valueAt(event);
      change({ ...brushes, [id]: [Math.min(now, start.current.at), Math.max(now, start.current.at)] });
    },
    onPointerUp: () => {
      start.current = null;
      const brush = brushes[id];
      const rest = Object.fromEntries(Object.entries(brushes).filter(([other]) => other !== id));
      const next = brush && brush[1] - brush[0] > LEAST ? brushes : rest;
      change(next);
      tell(next);
    },
    onDoubleClick: () => {
      const rest = Object.fromEntries(Object.entries(brushes).filter(([other]) => other !== id));
      change(rest);
      tell(rest);
    },
  });

  return (
    <div ref={holder} className={styles.parallel} style={{ height }}>
      <canvas ref={canvas} className={styles.canvas} style={{ width, height }} aria-hidden />
      {width > 0 && (
        <svg className={styles.svg} width={width} height={height} role="group" aria-label={`${lines.length} runs across ${axes.map((a) => a.label).join(", ")}`}>
          {axes.map(({ id, label }, at) => {
            const brush = brushes[id];
            return (
              <g key={id}>
                <text className={styles.name} x={px(at)} y={16} textAnchor="middle">
                  {cutMiddle(label, Math.max(8, Math.floor(gap / 7)))}
                  <title>{label}</title>
                </text>
                <line className={styles.axis} x1={px(at)} x2={px(at)} y1={py(0)} y2={py(1)} />
                {scales[at]?.ticks.map((tick) => (
                  <text key={tick.label} x={px(at) - 6} y={py(tick.at) + 4} textAnchor="end">
                    {cutMiddle(tick.label, 12)}
                  </text>
                ))}
                {brush && <rect className={styles.brush} x={px(at) - 7} width={14} y={py(brush[1])} height={Math.max(1, py(brush[0]) - py(brush[1]))} />}
                <rect className={styles.hit} x={px(at) - 14} width={28} y={EDGE.top - 8} height={height - EDGE.top} {...drag(id)} />
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

function keptOf(axis: string, brush: [number, number] | undefined, scale: Scale | undefined): Kept[] {
  if (!brush || !scale) return [];
  if (scale.kind !== "names") return [{ axis, range: [scale.value(brush[0]), scale.value(brush[1])], names: [] }];
  return [{ axis, range: null, names: scale.names.filter((name) => scale.place(name) >= brush[0] && scale.place(name) <= brush[1]) }];
}

/** Params by powers of ten where they span them, as rates do; a metric is read by its differences. */
function makeScales(axes: readonly ParallelAxis[], lines: readonly ParallelLine[]): Scale[] {
  return axes.map(({ id }, at) => makeScale(lines.map((line) => line.values[at]), roundNumber, parseField(id).kind === "metrics" ? false : undefined));
}

/** The same lines as a drawing, for files. */
export function drawParallel({ width, height, ink }: Frame, axes: readonly ParallelAxis[], lines: readonly ParallelLine[]): Drawing {
  const gap = axes.length > 1 ? (width - 2 * EDGE.side) / (axes.length - 1) : 0;
  const px = (at: number) => (axes.length > 1 ? EDGE.side + at * gap : width / 2);
  const py = (value: number) => EDGE.top + (1 - value) * (height - EDGE.top - EDGE.bottom);
  const scales = makeScales(axes, lines);
  const alpha = Math.max(0.15, Math.min(0.8, 60 / lines.length));
  const marks: Mark[] = lines.map((line) => ({
    kind: "path",
    points: scales.map((scale, at): [number, number] => [px(at), py(scale.place(line.values[at]))]),
    stroke: line.colour,
    width: lines.length > 200 ? 0.75 : 1.25,
    alpha,
    isCurve: true,
  }));
  for (const [at, { label }] of axes.entries()) {
    marks.push({ kind: "path", points: [[px(at), py(0)], [px(at), py(1)]], stroke: ink.axis });
    marks.push({ kind: "text", x: px(at), y: 16, text: cutMiddle(label, Math.max(8, Math.floor(gap / 7))), colour: ink.text, isBold: true, anchor: "middle" });
    for (const tick of scales[at]?.ticks ?? []) marks.push({ kind: "text", x: px(at) - 6, y: py(tick.at) + 4, text: cutMiddle(tick.label, 12), colour: ink.axis, anchor: "end", halo: ink.ground });
  }
  return { width, height, marks, targets: [] };
}
