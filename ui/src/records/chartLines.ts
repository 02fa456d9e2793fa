/** Sampled series as lines of a picture. */
import type { Series } from "../api/model";
import type { AxisKind } from "../charts/axis";
import type { PlotLine } from "../charts/drawn";
import { band, smooth } from "../lib/series";

export interface ChartRun {
  id: string;
  name: string;
  /** Without it, relative time begins at the first point. */
  startMs?: number;
}

/** Runs drawn as one line with a band. */
export interface ChartGroup {
  id: string;
  label: string;
  /** All of its runs, where not all are drawn. */
  nRuns?: number;
  runIds: string[];
}

export interface LineStyle {
  axis: AxisKind;
  /** 0 to 0.999 */
  smoothing: number;
  colourOf: (id: string) => string;
}

const MOST_ENVELOPES = 10;

function xOf(series: Series, run: ChartRun | undefined, axis: AxisKind): number[] {
  if (axis === "wall") return series.x.map((ms) => ms / 1000);
  if (axis === "relative") return series.x.map((ms) => ms - (run?.startMs ?? series.x[0] ?? 0));
  return series.x;
}

const finite = (column: readonly (number | null)[]) => column.map((y) => (y !== null && Number.isFinite(y) ? y : null));

/** One line a run, in the order of the runs. A reduced series has its extremes as a band, so that no spike is lost. */
export function runLines(all: readonly Series[], runs: readonly ChartRun[], style: LineStyle): PlotLine[] {
  const byRun = new Map(all.map((series) => [series.runId, series]));
  const hasEnvelopes = runs.length <= MOST_ENVELOPES && style.smoothing === 0;
  return runs.flatMap((run): PlotLine[] => {
    const series = byRun.get(run.id);
    if (!series?.x.length) return [];
    const x = xOf(series, run, style.axis);
    const raw = finite(series.mean);
    const isReduced = series.nPoints > series.x.length;
    return [
      {
        id: run.id,
        label: run.name,
        colour: style.colourOf(run.id),
        x,
        ...(series.other.length ? { other: series.other } : {}),
        y: smooth(x, raw, style.smoothing),
        raw: style.smoothing > 0 ? raw : undefined,
        low: isReduced && hasEnvelopes ? finite(series.min) : undefined,
        high: isReduced && hasEnvelopes ? finite(series.max) : undefined,
        nanX: x.filter((_, at) => (series.nNan[at] ?? 0) > 0),
        aboveX: x.filter((_, at) => series.max[at] === Infinity),
        belowX: x.filter((_, at) => series.min[at] === -Infinity),
      },
    ];
  });
}

/** One line a group: the mean of its runs, with one standard deviation each way. */
export function groupLines(all: readonly Series[], runs: readonly ChartRun[], groups: readonly ChartGroup[], style: LineStyle): PlotLine[] {
  const byRun = new Map(all.map((series) => [series.runId, series]));
  const runOf = new Map(runs.map((run) => [run.id, run]));
  return groups.flatMap((group): PlotLine[] => {
    const lines = group.runIds.flatMap((id) => {
      const series = byRun.get(id);
      if (!series?.x.length) return [];
      const x = xOf(series, runOf.get(id), style.axis);
      // A mean of times of day says nothing; a mean of steps tells how far the runs were.
      return [{ x, y: smooth(x, finite(series.mean), style.smoothing), ...(style.axis === "step" ? {} : { other: series.other }) }];
    });
    if (!lines.length) return [];
    const { x, mean, low, high, n, other } = band(lines);
    return [{ id: group.id, label: `${group.label} (${(group.nRuns ?? 0) > lines.length ? `${lines.length} of ${group.nRuns}` : lines.length})`, colour: style.colourOf(group.id), x, y: mean, low, high, n, ...(style.axis === "step" ? {} : { other }) }];
  });
}

/** Strokes of the metrics of a picture, in their order. */
export const DASHES: readonly (readonly number[] | undefined)[] = [undefined, [7, 4], [2, 3], [10, 3, 2, 3], [14, 4], [5, 2, 1, 2, 1, 2]];

/**
 * The lines of several metrics in one picture. A run keeps its colour, and its metrics differ by their strokes; where there is
 * one run only, its metrics have the colours.
 */
export function metricLines(byMetric: readonly { metric: string; lines: readonly PlotLine[] }[], colourOfMetric: (at: number) => string): PlotLine[] {
  if (byMetric.length === 1) return [...(byMetric[0]?.lines ?? [])];
  const isOne = new Set(byMetric.flatMap(({ lines }) => lines.map((line) => line.id))).size < 2;
  return byMetric.flatMap(({ metric, lines }, at) =>
    lines.map((line): PlotLine => ({ ...line, key: `${at}/${line.id}`, label: isOne ? metric : `${line.label}, ${metric}`, ...(isOne ? { colour: colourOfMetric(at) } : { dash: DASHES[at] }) })),
  );
}

/** Metric against metric, joined where both have a point at the same step, which each point keeps as its `other`. */
export function againstMetric(all: readonly Series[], xKey: string, key: string): Series[] {
  const xSeries = new Map(all.filter((s) => s.key === xKey).map((s) => [s.runId, s]));
  return all
    .filter((s) => s.key === key)
    .flatMap((series) => {
      const other = xSeries.get(series.runId);
      if (!other) return [];
      const at = new Map(other.x.map((step, i) => [step, other.mean[i] ?? null]));
      const points = series.x
        .map((step, i) => ({ step, x: at.get(step) ?? null, y: series.mean[i] ?? null }))
        .filter((p): p is { step: number; x: number; y: number | null } => p.x !== null && Number.isFinite(p.x))
        .sort((a, b) => a.x - b.x);
      const y = points.map((p) => p.y);
      const x = points.map((p) => p.x);
      return [{ ...series, x, other: points.map((p) => p.step), min: y, max: y, mean: y, last: y, nNan: x.map(() => 0), nPoints: x.length }];
    });
}
