import { Download, Maximize2, Minimize2, MoreHorizontal } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useSeries } from "../api/queries";
import { LinePlot, type PlotLine } from "../charts/LinePlot";
import { IconButton } from "../components/Button";
import { Menu } from "../components/Menu";
import { classes } from "../lib/classes";
import { saveText } from "../lib/saveFile";
import { type ChartGroup, type ChartRun, againstMetric, groupLines, runLines } from "./chartLines";
import type { ChartView } from "./chartView";
import styles from "./ChartBoard.module.css";

const BUCKETS = 320;
const HEIGHT = 180;
const BIG_HEIGHT = 420;

/** One metric of the runs. It is fetched when it comes into sight. */
export function MetricChart({
  metric,
  runs,
  groups,
  view,
  colourOf,
  focus,
  onFocus,
  onPick,
  onRange,
  isBig,
  onBig,
}: {
  metric: string;
  runs: ChartRun[];
  groups: ChartGroup[];
  view: ChartView;
  colourOf: (id: string) => string;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onPick: ((id: string) => void) | undefined;
  onRange: (range: [number, number] | null) => void;
  isBig: boolean;
  onBig: () => void;
}) {
  const holder = useRef<HTMLElement>(null);
  const isSeen = useSeen(holder);
  const { axis, range } = view;
  // The bounds of relative time differ from run to run, so the server cannot cut there.
  const bounds = range && (axis === "step" ? range : axis === "wall" ? [range[0] * 1000, range[1] * 1000] : null);
  const series = useSeries(
    {
      runIds: runs.map((run) => run.id),
      keys: axis === "metric" ? [metric, view.xMetric] : [metric],
      axis: axis === "step" || axis === "metric" ? "step" : "time",
      buckets: isBig ? 2 * BUCKETS : BUCKETS,
      start: bounds?.[0] ?? null,
      end: bounds?.[1] ?? null,
    },
    isSeen,
  );
  const lines = useMemo(() => {
    const all = series.data ?? [];
    const own = axis === "metric" ? againstMetric(all, view.xMetric, metric) : all.filter((s) => s.key === metric);
    const style = { axis, smoothing: view.smoothing, colourOf };
    return groups.length ? groupLines(own, runs, groups, style) : runLines(own, runs, style);
  }, [series.data, runs, groups, axis, view.smoothing, view.xMetric, metric, colourOf]);
  const height = isBig ? BIG_HEIGHT : HEIGHT;

  return (
    <figure ref={holder} className={classes(styles.chart, isBig && styles.big)}>
      <figcaption className={styles.head}>
        <span className={styles.title} title={metric}>
          {metric}
        </span>
        <span className={styles.tail}>
          <IconButton small label={isBig ? "Make small" : "Make large"} onClick={onBig}>
            {isBig ? <Minimize2 size={13} /> : <Maximize2 size={13} />}
          </IconButton>
          <Menu
            align="end"
            trigger={
              <IconButton small label={`Save the chart of ${metric}`}>
                <MoreHorizontal size={13} />
              </IconButton>
            }
            entries={[
              { label: "Save as PNG", icon: <Download size={14} />, onSelect: () => holder.current && savePng(holder.current, metric) },
              { label: "Save as CSV", icon: <Download size={14} />, onSelect: () => saveText(`${fileName(metric)}.csv`, "text/csv", linesCsv(lines)) },
            ]}
          />
        </span>
      </figcaption>
      {lines.length ? (
        <LinePlot
          lines={lines}
          label={`${metric} of ${lines.length} ${groups.length ? "groups" : "runs"}`}
          height={height}
          axis={axis}
          isLogX={view.isLogX}
          isLogY={view.isLogY}
          syncKey="board"
          range={range}
          onRange={onRange}
          focus={focus}
          onFocus={onFocus}
          {...(onPick ? { onPick } : {})}
        />
      ) : (
        <div className={styles.none} style={{ height }}>
          {series.error ? series.error.message : series.isFetched && !series.isFetching ? "None of these runs has a number here" : ""}
        </div>
      )}
    </figure>
  );
}

function useSeen(holder: React.RefObject<HTMLElement | null>): boolean {
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

const fileName = (metric: string) => metric.replace(/[^\w.-]+/g, "_").slice(0, 80);

function savePng(holder: HTMLElement, metric: string): void {
  const canvas = holder.querySelector("canvas");
  if (!canvas) return;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const ctx = copy.getContext("2d");
  if (!ctx) return;
  ctx.fillStyle = getComputedStyle(document.body).backgroundColor;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  const link = document.createElement("a");
  link.href = copy.toDataURL("image/png");
  link.download = `${fileName(metric)}.png`;
  link.click();
}

function linesCsv(lines: readonly PlotLine[]): string {
  const rows = lines.flatMap((line) => Array.from(line.x, (x, at) => `"${line.label.replaceAll('"', '""')}",${x},${line.y[at] ?? ""}`));
  return `name,x,y\r\n${rows.join("\r\n")}\r\n`;
}
