import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { useTheme } from "../components/useTheme";
import { useLatest } from "../components/useLatest";
import { cutMiddle, shortNumber } from "../lib/format";
import { type AxisKind, axisValue, otherValue } from "./axis";
import { type PlotLine, keyOf, toDrawn } from "./drawn";
import { focusOn, makeOptions, strokesText } from "./plotOptions";
import { type Tip, listenToGestures } from "./pointing";
import { useSize } from "./useSize";
import styles from "./LinePlot.module.css";

export interface LinePlotProps {
  lines: PlotLine[];
  /** What the picture shows, for those who cannot see it. */
  label: string;
  height?: number;
  axis: AxisKind;
  isLogY?: boolean;
  isLogX?: boolean;
  /** The y axis spans most values and lets outliers leave the picture. */
  isClipped?: boolean;
  /** Charts with the same key share the crosshair. */
  syncKey?: string;
  range?: [number, number] | null;
  onRange?: (range: [number, number] | null) => void;
  /** The line under the pointer, here or in another chart. */
  focus?: string | null;
  onFocus?: (id: string | null) => void;
  onPick?: (id: string) => void;
}

/** Lines over steps or time. Drag zooms x, shift-drag pans, a double click shows all. */
export function LinePlot({ lines, label, height = 200, axis, isLogY = false, isLogX = false, isClipped = false, syncKey, range = null, onRange, focus = null, onFocus, onPick }: LinePlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const [pin, setPin] = useState<Tip | null>(null);
  const { theme } = useTheme();
  const answers = useLatest({ onRange, onFocus, onPick, tip, setTip, setPin });
  const { width } = useSize(holder);
  const drawn = useMemo(() => toDrawn(lines, { isLogX, isLogY, isClipped }), [lines, isLogX, isLogY, isClipped]);
  const drawnNow = useLatest(drawn);
  // uPlot takes new numbers at once, but needs a new picture when lines or scales differ.
  const shape = `${strokesText(drawn)}|${axis}|${isLogY}|${isLogX}|${theme}|${syncKey}|${height}`;
  const hasWidth = width > 0;

  useEffect(() => {
    const at = holder.current;
    if (!at || !hasWidth) return undefined;
    const made = new uPlot(makeOptions({ at, height, axis, isLogY, isLogX, syncKey, drawn: drawnNow, answers }), drawnNow.current.data, at);
    plot.current = made;
    const stop = listenToGestures(made, answers);
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
    if (plot.current) focusOn(plot.current, drawn, focus);
  }, [focus, drawn, shape, hasWidth]);

  return (
    <div ref={holder} className={styles.plot} style={{ height }} role="img" aria-label={label}>
      {pin && <TipBox tip={pin} lines={lines} axis={axis} width={width} isPinned />}
      {tip && tip.key !== pin?.key && <TipBox tip={tip} lines={lines} axis={axis} width={width} />}
    </div>
  );
}

function extent(xs: ArrayLike<number> | undefined): [number, number] {
  if (!xs?.length) return [0, 1];
  const [min, max] = [xs[0] as number, xs[xs.length - 1] as number];
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

function TipBox({ tip, lines, axis, width, isPinned }: { tip: Tip; lines: readonly PlotLine[]; axis: AxisKind; width: number; isPinned?: boolean }) {
  const line = lines.find((l) => keyOf(l) === tip.key);
  if (!line) return null;
  const rows = tipRows(tip, line, axis);
  return (
    <>
      {isPinned && <span className={styles.pin} style={{ left: tip.left, top: tip.top, background: line.colour }} />}
      <div
        className={styles.tip}
        style={{
          top: Math.max(0, tip.top - 42 - 16 * rows.length),
          ...(tip.left > width / 2 ? { right: width - tip.left + 10 } : { left: tip.left + 10 }),
        }}
      >
        <strong>
          <i style={{ background: line.colour }} />
          {cutMiddle(line.label, 32)}
        </strong>
        <b>{shortNumber(tip.y)}</b>
        {rows.map((row) => (
          <small key={row}>{row}</small>
        ))}
      </div>
    </>
  );
}

/** Where a point stands and, of a group, how far its runs lie apart there. */
function tipRows(tip: Tip, line: PlotLine, axis: AxisKind): string[] {
  const at = Array.prototype.indexOf.call(line.x, tip.x);
  const [other, n, high, mean] = [line.other?.[at], line.n?.[at], line.high?.[at], line.y[at]];
  return [
    ...(n !== undefined ? [`mean of ${n}${n > 1 && typeof high === "number" && typeof mean === "number" ? `, ± ${shortNumber(high - mean)}` : ""}`] : []),
    axisValue(tip.x, axis),
    ...(typeof other === "number" ? [otherValue(other, axis)] : []),
  ];
}
