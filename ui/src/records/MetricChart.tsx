import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSeries } from "../api/queries";
import { type Bar, drawBars } from "../charts/bars";
import type { PlotLine } from "../charts/drawn";
import type { Frame } from "../charts/frame";
import { LinePlot } from "../charts/LinePlot";
import { drawLines } from "../charts/lines";
import { Picture } from "../charts/Picture";
import type { Saving } from "../charts/saving";
import { useTheme } from "../components/useTheme";
import { paletteColour } from "../lib/colour";
import { csvText } from "../lib/csv";
import { plural } from "../lib/format";
import { metricsOf, toggleMetric } from "../lib/layout";
import { MetricsChoice, MetricsLegend } from "./MetricsOfPanel";
import { type PanelControls, PanelFrame } from "./PanelFrame";
import { type ChartGroup, type ChartRun, againstMetric, groupLines, metricLines, runLines } from "./chartLines";
import { type ChartView, axisLabel } from "./chartView";
import styles from "./ChartBoard.module.css";

const BUCKETS = 320;

/** Metrics of the runs, mostly one. They are fetched when the chart comes into sight. */
export function MetricChart({
  controls,
  height,
  bigHeight,
  choices,
  runs,
  groups,
  view,
  colourOf,
  focus,
  onFocus,
  onPick,
  onRange,
}: {
  controls: PanelControls;
  /** Where nobody chose one. */
  height: number;
  bigHeight: number;
  /** Metrics that can be drawn with it. */
  choices: { metrics: string[]; onFind?: (text: string) => void };
  runs: ChartRun[];
  groups: ChartGroup[];
  view: ChartView;
  colourOf: (id: string) => string;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onPick: ((id: string) => void) | undefined;
  onRange: (range: [number, number] | null) => void;
}) {
  const holder = useRef<HTMLElement>(null);
  const isSeen = useSeen(holder);
  const { theme } = useTheme();
  const { panel, isBig } = controls;
  const metrics = useMemo(() => metricsOf(panel), [panel]);
  const title = metrics.join(", ");
  const { axis, range } = view;
  const isLogY = view.isLogY !== panel.isLog;
  // The bounds of relative time differ from run to run, so the server cannot cut there.
  const bounds = range && (axis === "step" ? range : axis === "wall" ? [range[0] * 1000, range[1] * 1000] : null);
  const series = useSeries(
    {
      runIds: runs.map((run) => run.id),
      keys: axis === "metric" ? [...new Set([...metrics, view.xMetric])] : metrics,
      axis: axis === "step" || axis === "metric" ? "step" : "time",
      buckets: isBig || panel.w > 1 ? 2 * BUCKETS : BUCKETS,
      start: bounds?.[0] ?? null,
      end: bounds?.[1] ?? null,
    },
    isSeen,
  );
  const lines = useMemo(() => {
    const all = series.data ?? [];
    const style = { axis, smoothing: view.smoothing, colourOf };
    const byMetric = metrics.map((metric) => {
      const own = axis === "metric" ? againstMetric(all, view.xMetric, metric) : all.filter((s) => s.key === metric);
      return { metric, lines: groups.length ? groupLines(own, runs, groups, style) : runLines(own, runs, style) };
    });
    return metricLines(byMetric, (at) => paletteColour(at, theme));
  }, [series.data, runs, groups, axis, view.smoothing, view.xMetric, metrics, colourOf, theme]);
  // A metric that was logged once is no curve: its values stand beside each other.
  const bars = useMemo(() => (lines.length > 1 ? barsOf(lines) : null), [lines]);
  const drawing = useCallback((frame: Frame) => drawBars(frame, bars ?? [], title), [bars, title]);
  const nRuns = new Set(lines.map((line) => line.id)).size;
  const hasNumbers = useMemo(() => lines.some((line) => line.y.some((y) => y !== null)), [lines]);
  const label = `${title} of ${plural(nRuns, groups.length ? "group" : "run")}`;
  const saving: Saving | null = lines.length
    ? {
        name: title,
        draw: bars ? drawing : (frame) => drawLines(frame, lines, { axis, xLabel: axisLabel(view), isLogX: view.isLogX, isLogY, range }),
        csv: () => linesCsv(lines),
      }
    : null;

  return (
    <PanelFrame
      ref={holder}
      controls={controls}
      title={title}
      saving={saving}
      height={isBig ? Math.max(bigHeight, panel.h) : panel.h || height}
      extra={[{ label: "Log y axis", checked: isLogY, onSelect: () => controls.onChange({ isLog: !panel.isLog }) }]}
      tools={<MetricsChoice chosen={metrics} {...choices} onToggle={(key) => controls.onChange(toggleMetric(panel, key))} />}
    >
      {(now) => (
        <>
          {metrics.length > 1 && <MetricsLegend metrics={metrics} colourOf={nRuns < 2 ? (at) => paletteColour(at, theme) : null} />}
          {bars ? (
            <Picture draw={drawing} label={label} height={now} focus={focus} onFocus={onFocus} {...(onPick ? { onPick } : {})} />
          ) : hasNumbers ? (
            <LinePlot
              lines={lines}
              label={label}
              height={now}
              axis={axis}
              isLogX={view.isLogX}
              isLogY={isLogY}
              isClipped={view.isClipped}
              syncKey="board"
              range={range}
              onRange={onRange}
              focus={focus}
              onFocus={onFocus}
              {...(onPick ? { onPick } : {})}
            />
          ) : (
            <div className={styles.none} style={{ height: now }}>
              {series.error ? series.error.message : lines.length ? "Every point is NaN or infinite" : series.isFetched && !series.isFetching ? "None of these runs has a number here" : ""}
            </div>
          )}
        </>
      )}
    </PanelFrame>
  );
}

/** One bar for each line of a single point; null where a line has more. */
function barsOf(lines: readonly PlotLine[]): Bar[] | null {
  const bars = lines.map((line): Bar | null => {
    const at = line.y.findIndex((y) => y !== null);
    const isOnly = at >= 0 && line.y.every((y, index) => y === null || index === at);
    const high = line.high?.[at];
    const value = line.y[at] ?? null;
    return isOnly ? { id: line.id, label: line.label, value, sd: value !== null && typeof high === "number" ? high - value : null, colour: line.colour } : null;
  });
  return bars.every((bar) => bar !== null) ? bars : null;
}

export function useSeen(holder: React.RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const at = holder.current;
    if (!at || isSeen) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), { rootMargin: "200px" });
    observer.observe(at);
    return () => observer.disconnect();
  }, [holder, isSeen]);
  return isSeen;
}

function linesCsv(lines: readonly PlotLine[]): string {
  const hasBand = lines.some((line) => line.low);
  const head = ["name", "x", "y", ...(hasBand ? ["low", "high"] : [])];
  return csvText([head, ...lines.flatMap((line) => Array.from(line.x, (x, at) => [line.label, x, line.y[at] ?? null, ...(hasBand ? [line.low?.[at] ?? null, line.high?.[at] ?? null] : [])]))]);
}
