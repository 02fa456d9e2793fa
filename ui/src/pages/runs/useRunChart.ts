import { useMemo } from "react";
import type { GroupOfRuns, RunTable } from "../../api/model";
import { useGroups, useKeys, useRunTable } from "../../api/queries";
import { type Bar, type Box, drawBars, drawBoxes } from "../../charts/bars";
import { drawContour } from "../../charts/contour";
import { drawCorrelation } from "../../charts/correlation";
import type { Frame } from "../../charts/frame";
import type { Drawing } from "../../charts/marks";
import { type ParallelAxis, type ParallelLine, drawParallel } from "../../charts/ParallelPlot";
import { drawScatter } from "../../charts/scatter";
import { useTheme } from "../../components/useTheme";
import { correlate } from "../../lib/correlate";
import { csvText } from "../../lib/csv";
import { field, fieldLabel, fieldText, lowerIsBetter, parseField } from "../../lib/field";
import { count, plural } from "../../lib/format";
import { ramp } from "../../lib/colour";
import { type Importance, paramImportance } from "../../lib/importance";
import type { Panel } from "../../lib/layout";
import { ranks } from "../../lib/stats";
import { groupId, groupLabels, readGroup } from "./groups";
import { idFilter } from "./runRequest";

export const SAMPLE = 5000;
const MOST_GROUPS = 60;
const AXES = 6;
const MATRIX = 14;
const KEYS = 40;

/** What charts of the page are about. */
export interface ChartScope {
  experimentIds: string[];
  filter: string;
  /** As the table is grouped; empty: not at all. */
  group: string;
  /** Runs, or groups, that the legend shows. */
  shown: readonly { id: string; label: string }[];
  colourOf: (id: string) => string;
  metrics: string[];
  /** The metrics are not known yet. */
  isLoading: boolean;
}

export interface RunChart {
  title: string;
  label: string;
  draw: (frame: Frame) => Drawing;
  csv: () => string;
  /** How many runs it is about; that they are a sample, if they are. */
  about: string;
  isEmpty: boolean;
  isPending: boolean;
  error: Error | null;
  retry: () => void;
  /** Of importance alone. */
  importance: Importance[];
  /** Of parallel coordinates alone. */
  parallel: { axes: ParallelAxis[]; lines: ParallelLine[] } | null;
  /** What was drawn where the panel left it open. */
  chosen: { x: string; z: string };
}

const NO_TABLE: RunTable = { runIds: [], names: [], columns: {}, nRuns: 0 };
const metricField = (key: string) => fieldText(field("metrics", key));

/** Everything about one chart that is not lines over steps: what to ask, and how to draw the answer. */
export function useRunChart(panel: Panel, scope: ChartScope): RunChart {
  const { kind } = panel;
  const { theme } = useTheme();
  const params = useKeys(scope.experimentIds, ["param"], "", KEYS);
  const paramFields = useMemo(() => (params.data ?? []).filter((s) => s.nDistinct > 1).map((s) => fieldText(field("params", s.key))), [params.data]);
  const target = metricField(panel.y);
  const isGrouped = kind === "box" || (kind === "bar" && (panel.x !== "" || scope.group !== ""));
  const x = panel.x || (isGrouped ? scope.group : "") || paramFields[0] || "";
  const z = panel.z || paramFields.find((id) => id !== x) || "";
  const rest = scope.metrics.slice(0, 4).map(metricField).filter((id) => id !== target);
  const fields = {
    scatter: [target, x],
    bar: [target],
    box: [],
    contour: [target, x, z],
    parallel: [target, ...paramFields],
    importance: [target, ...paramFields],
    correlation: [target, ...rest, ...paramFields.slice(0, MATRIX)],
    line: [],
  }[kind].filter(Boolean);
  const ids = scope.shown.map(({ id }) => id);
  const isBars = kind === "bar" && !isGrouped;
  const table = useRunTable(
    { experimentIds: scope.experimentIds, filter: isBars ? idFilter(ids) : scope.filter, fields: [...new Set(fields)], mostRuns: SAMPLE },
    !isGrouped && panel.y !== "" && !params.isPending && (!isBars || ids.length > 0),
  );
  const spec = readGroup(x);
  const order = `${target} ${lowerIsBetter(panel.y) ? "ASC" : "DESC"}`;
  const grouped = useGroups(
    { experimentIds: scope.experimentIds, filter: scope.filter, by: spec.fields, isAllBut: spec.isAllBut, metrics: [target], orderBy: order, limit: MOST_GROUPS, runIds: 0 },
    isGrouped && x !== "" && panel.y !== "",
  );
  const data = table.data ?? NO_TABLE;
  const names = { x: spec.isAllBut ? "group" : spec.fields.map((id) => fieldLabel(parseField(id))).join(", "), z: fieldLabel(parseField(z)) };

  return useMemo<RunChart>(() => {
    const found = isGrouped ? grouped : table;
    const base = { chosen: { x, z }, isPending: found.isPending && panel.y !== "", error: found.error, retry: () => void found.refetch(), importance: [], parallel: null };
    const values = (id: string) => data.columns[id] ?? [];
    const number = (id: string, at: number) => {
      const value = values(id)[at] ?? null;
      return typeof value === "number" ? value : null;
    };
    const has = data.runIds.map((_, at) => at).filter((at) => number(target, at) !== null);
    const isSample = data.nRuns > data.runIds.length;
    const about = isSample ? `a random sample of ${count(data.runIds.length)} of ${plural(data.nRuns, "run")}` : plural(has.length, "run");
    const tableCsv = () => csvText([["run_id", "run_name", ...fields], ...data.runIds.map((id, at) => [id, data.names[at] ?? "", ...fields.map((of) => values(of)[at] ?? null)])]);
    switch (kind) {
      case "scatter": {
        const shown = new Set(ids);
        const points = has.map((at) => {
          const id = data.runIds[at] as string;
          return { id, label: data.names[at] ?? "", x: values(x)[at] ?? null, y: number(target, at), colour: shown.has(id) ? scope.colourOf(id) : theme === "light" ? "#7d8896" : "#7f8a98", isFaint: !shown.has(id) };
        });
        points.sort((a, b) => Number(b.isFaint) - Number(a.isFaint));
        return { ...base, title: `${panel.y} over ${names.x}`, label: `${panel.y} over ${names.x}, ${about}`, draw: (frame) => drawScatter(frame, points, { xLabel: names.x, yLabel: panel.y, isLogX: panel.isLogX, isLogY: panel.isLog }), csv: tableCsv, about, isEmpty: !points.length };
      }
      case "contour": {
        const points = has.map((at) => ({ id: data.runIds[at] as string, label: data.names[at] ?? "", x: values(x)[at] ?? null, y: values(z)[at] ?? null, value: number(target, at) ?? Number.NaN }));
        const labels = { x: names.x, y: names.z, value: panel.y };
        return { ...base, title: `${panel.y} over ${names.x} and ${names.z}`, label: `${panel.y} over ${names.x} and ${names.z}, ${about}`, draw: (frame) => drawContour(frame, points, labels, lowerIsBetter(panel.y), theme), csv: tableCsv, about, isEmpty: points.length < 3 || !z };
      }
      case "parallel": {
        const observed = has.map((at) => ({ params: observation(paramFields, values, at), value: number(target, at) ?? Number.NaN }));
        const important = paramImportance(observed).map((i) => fieldText(field("params", i.key)));
        const chosen = [...new Set([...important, ...paramFields])].slice(0, AXES - 1);
        const axes = [...chosen.map((id) => ({ id, label: fieldLabel(parseField(id)) })), { id: target, label: panel.y }];
        const good = ranks(has.map((at) => (lowerIsBetter(panel.y) ? -1 : 1) * (number(target, at) ?? Number.NaN)));
        const lines = has.map((at, place) => ({ id: data.runIds[at] as string, colour: ramp((good[place] as number) / has.length, theme), values: axes.map(({ id }) => values(id)[at] ?? null) }));
        return { ...base, parallel: { axes, lines }, title: `${panel.y} by params`, label: `${lines.length} runs across ${axes.map((a) => a.label).join(", ")}`, draw: (frame) => drawParallel(frame, axes, lines), csv: tableCsv, about, isEmpty: !lines.length };
      }
      case "importance": {
        const importance = paramImportance(has.map((at) => ({ params: observation(paramFields, values, at), value: number(target, at) ?? Number.NaN })));
        const bars = importance.map((row): Bar => ({ id: "", label: row.key, value: 100 * row.share, colour: theme === "light" ? "#3757d6" : "#93a9ff" }));
        const csv = () => csvText([["param", "share", "rank_correlation", "runs"], ...importance.map((row) => [row.key, row.share, Number.isFinite(row.correlation) ? row.correlation : null, row.n])]);
        return { ...base, importance, title: `What explains ${panel.y}`, label: `Share of the variance of ${panel.y} that params explain, ${about}`, draw: (frame) => drawBars(frame, bars, `share of the variance of ${panel.y} explained, %`), csv, about, isEmpty: !importance.length };
      }
      case "correlation": {
        const columns = fields.map((id) => [fieldLabel(parseField(id)), values(id)] as const);
        const found = correlate(columns);
        const most = { labels: found.labels.slice(0, MATRIX), values: found.values, n: found.n };
        const csv = () => csvText([["", ...found.labels], ...found.values.map((row, at) => [found.labels[at] ?? "", ...row.map((v) => (Number.isFinite(v) ? v : null))])]);
        return { ...base, title: `Correlations with ${panel.y}`, label: `Rank correlations of ${found.labels.join(", ")}, ${about}`, draw: (frame) => drawCorrelation(frame, most, theme), csv, about, isEmpty: found.labels.length < 2 };
      }
      case "box":
      case "bar": {
        if (!isGrouped) {
          const rowOf = new Map(data.runIds.map((id, at) => [id, at]));
          const bars = scope.shown.map(({ id, label }): Bar => ({ id, label, value: rowOf.has(id) ? number(target, rowOf.get(id) as number) : null, colour: scope.colourOf(id) }));
          const drawn = bars.filter((bar) => bar.value !== null && Number.isFinite(bar.value));
          return { ...base, title: panel.y, label: `${panel.y} of ${plural(drawn.length, "run")}`, draw: (frame) => drawBars(frame, drawn, panel.y), csv: tableCsv, about: `the ${plural(drawn.length, "run")} of the list`, isEmpty: !drawn.length, isPending: base.isPending && ids.length > 0 };
        }
        const labels = grouped.data ? groupLabels(grouped.data) : new Map<string, string>();
        const groups = grouped.data?.groups.filter((group) => group.metrics[0]?.n) ?? [];
        const labelOf = (group: GroupOfRuns) => labels.get(groupId(group)) ?? "";
        const colour = (group: GroupOfRuns) => (scope.group ? scope.colourOf(groupId(group)) : theme === "light" ? "#3757d6" : "#93a9ff");
        const spreadOf = (group: GroupOfRuns) => group.metrics[0] as GroupOfRuns["metrics"][number];
        const bars = groups.map((group): Bar => ({ id: "", label: labelOf(group), value: spreadOf(group).mean, sd: spreadOf(group).sd, n: spreadOf(group).n, colour: colour(group) }));
        const boxes = groups.map((group): Box => {
          const { n, min, q1, median, q3, max, mean } = spreadOf(group);
          return { id: "", label: labelOf(group), n, min: min ?? 0, q1: q1 ?? 0, median: median ?? 0, q3: q3 ?? 0, max: max ?? 0, mean: mean ?? 0, colour: colour(group) };
        });
        const nRuns = grouped.data?.nRuns ?? 0;
        const text = `${plural(grouped.data?.nGroups ?? 0, "group")} of ${plural(nRuns, "run")}`;
        const csv = () => csvText([["group", "n", "mean", "sd", "min", "q1", "median", "q3", "max"], ...groups.map((group) => {
          const s = spreadOf(group);
          return [labelOf(group), s.n, s.mean, s.sd, s.min, s.q1, s.median, s.q3, s.max];
        })]);
        return {
          ...base,
          title: `${panel.y} by ${names.x}`,
          label: `${panel.y} by ${names.x}, ${text}`,
          draw: (frame) => (kind === "box" ? drawBoxes(frame, boxes, panel.y) : drawBars(frame, bars, `${panel.y}, mean and standard deviation`)),
          csv,
          about: text,
          isEmpty: !groups.length,
        };
      }
      case "line":
        return { ...base, title: panel.y, label: panel.y, draw: ({ width, height }) => ({ width, height, marks: [], targets: [] }), csv: () => "", about: "", isEmpty: true };
    }
    // The panel is made anew with the address; what it shows is listed here one by one.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind, panel.y, panel.isLog, panel.isLogX, x, z, isGrouped, data, table.isPending, table.error, grouped.data, grouped.isPending, grouped.error, scope.shown, scope.colourOf, scope.group, theme, paramFields, fields.join()]);
}

function observation(fields: readonly string[], values: (id: string) => readonly (string | number | null)[], at: number): Record<string, string | undefined> {
  return Object.fromEntries(fields.map((id) => [parseField(id).key, values(id)[at] === null || values(id)[at] === undefined ? undefined : String(values(id)[at])]));
}

/** The runs of a group for lines with a band: named, and of large groups the newest. */
export function useLegendGroups(scope: { experimentIds: string[]; filter: string; group: string }, metric: string, limit: number, runsOfEach: number) {
  const spec = useMemo(() => readGroup(scope.group), [scope.group]);
  const target = metric ? metricField(metric) : "";
  const found = useGroups(
    {
      experimentIds: scope.experimentIds,
      filter: scope.filter,
      by: spec.fields,
      isAllBut: spec.isAllBut,
      metrics: target ? [target] : [],
      orderBy: target ? `${target} ${lowerIsBetter(metric) ? "ASC" : "DESC"}` : "",
      limit,
      runIds: runsOfEach,
    },
    scope.group !== "",
  );
  return useMemo(() => {
    if (!found.data || !scope.group) return [];
    const labels = groupLabels(found.data);
    return found.data.groups.map((group) => ({ id: groupId(group), label: labels.get(groupId(group)) ?? "", nRuns: group.nRuns, runIds: group.runIds, mean: group.metrics[0]?.mean ?? null }));
  }, [found.data, scope.group]);
}
