/** How charts are looked at; part of the page's address. */
import type { AxisKind } from "../charts/axis";
import type { Query } from "../lib/query";

export interface ChartView {
  axis: AxisKind;
  /** The metric on x, if that is the axis. */
  xMetric: string;
  smoothing: number;
  isLogX: boolean;
  isLogY: boolean;
  /** The y axes span most values and leave outliers out. */
  isClipped: boolean;
  range: [number, number] | null;
  size: ChartSize;
  /** The metric that is drawn large. */
  big: string;
}

export type ChartSize = "fit" | keyof typeof WIDTHS;

/** Least widths of a chart in pixels. */
export const WIDTHS = { small: 180, medium: 245, large: 480 } as const;
export const SIZES: readonly ChartSize[] = ["fit", "small", "medium", "large"];

export function readChartView(query: Query): ChartView {
  const x = query.x ?? "step";
  const range = query.xr?.split("~").map(Number) ?? [];
  const [start, end] = range;
  return {
    axis: x === "relative" || x === "wall" || x === "step" ? x : "metric",
    xMetric: x.startsWith("metrics.") ? x.slice("metrics.".length) : "",
    smoothing: Math.min(0.99, Math.max(0, Number(query.smooth ?? 0) || 0)),
    isLogX: query.logx === "1",
    isLogY: query.logy === "1",
    isClipped: query.clip === "1",
    range: start !== undefined && end !== undefined && end > start ? [start, end] : null,
    size: SIZES.find((size) => size === query.size) ?? "fit",
    big: query.big ?? "",
  };
}

/** What stands below the charts. */
export function axisLabel(view: ChartView): string {
  return view.axis === "metric" ? view.xMetric : { step: "Step", relative: "Time since start", wall: "Time" }[view.axis];
}
