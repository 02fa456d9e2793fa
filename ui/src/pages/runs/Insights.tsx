import { MoreHorizontal, Plus } from "lucide-react";
import { useMemo, useRef } from "react";
import { savingEntries } from "../../charts/saving";
import { useSize } from "../../charts/useSize";
import { Button, IconButton } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { EmptyState } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import type { SetQuery } from "../../components/useQuery";
import { field, fieldText } from "../../lib/field";
import { roundNumber } from "../../lib/format";
import type { Importance } from "../../lib/importance";
import { type Panel, type PanelKind, makePanel } from "../../lib/layout";
import type { Query } from "../../lib/query";
import { ChartChoices, RunChartView } from "./RunChartView";
import { type ChartScope, useRunChart } from "./useRunChart";
import styles from "./Insights.module.css";

export type InsightKind = Exclude<PanelKind, "line">;

/** One chart at full size, about all runs that fit and not only those of the legend. */
export function Insights({
  kind,
  scope,
  query,
  setQuery,
  focus,
  onFocus,
  onFilter,
  onKeep,
}: {
  kind: InsightKind;
  scope: ChartScope;
  query: Query;
  setQuery: SetQuery;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onFilter: (conditions: string) => void;
  /** Puts the chart on the board. */
  onKeep: (panel: Panel) => void;
}) {
  const body = useRef<HTMLDivElement>(null);
  const notes = useNotes();
  const { height } = useSize(body);
  const y = query.y || scope.metrics[0] || "";
  const panel = useMemo(() => makePanel(kind, y, { x: query.px ?? "", z: query.pz ?? "", isLog: query.plogy === "1", isLogX: query.plogx === "1" }), [kind, y, query.px, query.pz, query.plogy, query.plogx]);
  const chart = useRunChart(panel, scope);
  const change = (patch: Partial<Panel>) =>
    setQuery({
      ...(patch.y === undefined ? {} : { y: patch.y }),
      ...(patch.x === undefined ? {} : { px: patch.x }),
      ...(patch.z === undefined ? {} : { pz: patch.z }),
      ...(patch.isLog === undefined ? {} : { plogy: patch.isLog ? "1" : undefined }),
      ...(patch.isLogX === undefined ? {} : { plogx: patch.isLogX ? "1" : undefined }),
    });
  return (
    <>
      <div className={styles.tools}>
        {y && <ChartChoices panel={panel} chart={chart} scope={scope} onChange={change} />}
        <span className={styles.push}>
          <Button small look="quiet" onClick={() => onKeep(panel)}>
            <Plus size={13} />
            Put on the board
          </Button>
          <Menu
            align="end"
            trigger={
              <IconButton small label="Copy or save the chart">
                <MoreHorizontal size={14} />
              </IconButton>
            }
            entries={savingEntries({ name: chart.title, draw: chart.draw, csv: chart.csv }, () => body.current, notes)}
          />
        </span>
      </div>
      <div ref={body} className={styles.body}>
        {!y ? (
          scope.isLoading ? null : <EmptyState title="No metrics yet" text="These charts set params against a metric; the runs have logged none." />
        ) : kind === "importance" && !chart.isEmpty && !chart.isPending && !chart.error ? (
          <ImportanceTable rows={chart.importance} target={y} about={chart.about} setQuery={setQuery} />
        ) : (
          <>
            {height > 0 && <RunChartView chart={chart} panel={panel} height={Math.min(720, Math.max(260, height - 64))} focus={focus} onFocus={onFocus} onPick={(peek) => setQuery({ peek })} onFilter={onFilter} />}
            {NOTES[kind] && <p className={styles.note}>{NOTES[kind]}</p>}
          </>
        )}
      </div>
    </>
  );
}

const NOTES: Partial<Record<InsightKind, string>> = {
  parallel: "Params that explain the metric best come first; strong lines are good runs. Drag along an axis to keep the lines that pass there, double click to let go.",
  correlation: "Spearman’s rank correlation of numbers over the runs that have both. Params that are names are left out.",
  contour: "Between the runs (the dots) the value is a mean of those around, weighted by a Gaussian of their distance; blank is where none is near. Strong colour is good.",
  box: "The box holds the middle half of the runs, the thick line is the median, the dot the mean, the whiskers reach to the extremes.",
  bar: "",
};

function ImportanceTable({ rows, target, about, setQuery }: { rows: Importance[]; target: string; about: string; setQuery: SetQuery }) {
  const most = Math.max(0.01, ...rows.map((row) => row.share));
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>Param</th>
            <th style={{ width: "38%" }}>Explains of {target}</th>
            <th className={styles.end}>Share</th>
            <th className={styles.end}>Rank correlation</th>
            <th className={styles.end}>Runs</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td className={styles.key}>
                <button type="button" title={`Scatter of ${target} over ${row.key}`} onClick={() => setQuery({ chart: "scatter", px: fieldText(field("params", row.key)) })}>
                  {row.key}
                </button>
              </td>
              <td>
                <span className={styles.bar} style={{ width: `${(row.share / most) * 100}%` }} />
              </td>
              <td className={styles.end}>{roundNumber(100 * row.share, 3)} %</td>
              <td className={styles.end}>{Number.isFinite(row.correlation) ? roundNumber(row.correlation, 2) : ""}</td>
              <td className={styles.end}>{row.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>
        The share of the variance of {target} that each param explains alone (eta squared, adjusted for the number of values; numbers in eight bins), over {about}. Params that act only together show less
        than they do. Rank correlation is Spearman’s.
      </p>
    </>
  );
}
