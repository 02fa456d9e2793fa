import { ChevronDown } from "lucide-react";
import { useMemo, useState } from "react";
import type { Run } from "../../api/model";
import { useKeys } from "../../api/queries";
import { ParallelPlot } from "../../charts/ParallelPlot";
import { ScatterPlot } from "../../charts/ScatterPlot";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { EmptyState } from "../../components/States";
import type { SetQuery } from "../../components/useQuery";
import { useTheme } from "../../components/useTheme";
import { field, fieldLabel, fieldText, lowerIsBetter, parseField } from "../../lib/field";
import { cutMiddle, plural, roundNumber } from "../../lib/format";
import { paramImportance } from "../../lib/importance";
import { ramp } from "../../lib/colour";
import { ranks } from "../../lib/stats";
import type { Query } from "../../lib/query";
import { FailureState } from "../../records/FailureState";
import { useManyRuns } from "./useGroups";
import { type RunRequest, idFilter } from "./useRunRows";
import styles from "./Insights.module.css";

export type InsightKind = "scatter" | "parallel" | "importance";

const MOST = 2000;
const SHOWN = 40;
const AXES = 5;

/** What goes with what, over all runs that fit and not only the ones that are drawn as lines. */
export function Insights({
  kind,
  request,
  metrics,
  query,
  setQuery,
  shown,
  colourOf,
}: {
  kind: InsightKind;
  request: RunRequest;
  metrics: string[];
  query: Query;
  setQuery: SetQuery;
  /** Runs that have a colour of their own. */
  shown: ReadonlySet<string>;
  colourOf: (id: string) => string;
}) {
  const params = useKeys(request.experimentIds, ["param"], "", SHOWN);
  const paramKeys = useMemo(() => (params.data ?? []).filter((s) => s.nDistinct > 1).map((s) => s.key), [params.data]);
  const target = query.y || metrics[0] || "";
  const xField = query.px || (paramKeys[0] ? fieldText(field("params", paramKeys[0])) : "");
  const wanted = useMemo(() => {
    const x = parseField(xField);
    const more = x.kind === "metrics" ? [x.key] : [];
    return { ...request, keys: { metrics: [target, ...more].filter(Boolean), params: null, tags: [] } };
  }, [request, target, xField]);
  const { data, error, refetch } = useManyRuns(wanted, MOST, target !== "");
  const runs = useMemo(() => (data?.runs ?? []).filter((run) => run.metrics[target]), [data, target]);

  if (error) return <FailureState what="The runs could not be loaded" error={error} retry={() => void refetch()} />;
  if (!target) return <EmptyState title="No metrics yet" text="These charts set params against a metric; the runs have logged none." />;
  return (
    <>
      <div className={styles.tools}>
        <Choice word="Metric" value={target} options={metrics.slice(0, SHOWN)} onChoose={(y) => setQuery({ y })} />
        {kind === "scatter" && (
          <Choice
            word="over"
            value={fieldLabel(parseField(xField))}
            options={[...paramKeys.map((key) => fieldText(field("params", key))), ...metrics.slice(0, SHOWN).map((key) => fieldText(field("metrics", key)))]}
            onChoose={(px) => setQuery({ px })}
          />
        )}
        <span>{plural(runs.length, "run")}{data?.isCut ? `, the first ${MOST} that fit` : ""}</span>
      </div>
      <div className={styles.body}>
        {kind === "scatter" && <Scatter runs={runs} target={target} x={xField} shown={shown} colourOf={colourOf} onPick={(peek) => setQuery({ peek })} />}
        {kind === "parallel" && <Parallel runs={runs} target={target} paramKeys={paramKeys} setQuery={setQuery} />}
        {kind === "importance" && <ImportanceTable runs={runs} target={target} setQuery={setQuery} />}
      </div>
    </>
  );
}

function Choice({ word, value, options, onChoose }: { word: string; value: string; options: string[]; onChoose: (value: string) => void }) {
  return (
    <Menu
      trigger={
        <Button small look="quiet">
          {word}: {cutMiddle(value, 32)}
          <ChevronDown size={11} />
        </Button>
      }
      entries={options.map((option) => ({ label: option, checked: option === value, onSelect: () => onChoose(option) }))}
    />
  );
}

const isGoodLow = (target: string) => lowerIsBetter(target);

function Scatter(props: { runs: Run[]; target: string; x: string; shown: ReadonlySet<string>; colourOf: (id: string) => string; onPick: (id: string) => void }) {
  const { runs, target, x, shown, colourOf } = props;
  const { theme } = useTheme();
  const of = parseField(x);
  const points = runs.map((run) => ({
    id: run.id,
    label: run.name,
    x: of.kind === "metrics" ? (run.metrics[of.key]?.last ?? null) : (run.params[of.key] ?? null),
    y: run.metrics[target]?.last ?? null,
    colour: shown.has(run.id) ? colourOf(run.id) : theme === "light" ? "#7d8896" : "#7f8a98",
    isFaint: !shown.has(run.id),
  }));
  // Drawn last, on top.
  points.sort((a, b) => Number(b.isFaint) - Number(a.isFaint));
  return <ScatterPlot points={points} xLabel={fieldLabel(of)} yLabel={target} onPick={props.onPick} />;
}

function Parallel({ runs, target, paramKeys, setQuery }: { runs: Run[]; target: string; paramKeys: string[]; setQuery: SetQuery }) {
  const { theme } = useTheme();
  const [kept, setKept] = useState<string[] | null>(null);
  const important = useMemo(() => paramImportance(observations(runs, target)).map((i) => i.key), [runs, target]);
  const keys = useMemo(() => [...new Set([...important, ...paramKeys])].slice(0, AXES), [important, paramKeys]);
  const axes = useMemo(() => [...keys.map((key) => ({ id: `params.${key}`, label: key })), { id: "target", label: target }], [keys, target]);
  const lines = useMemo(() => {
    const good = ranks(runs.map((run) => (isGoodLow(target) ? -1 : 1) * (run.metrics[target]?.last ?? Number.NaN)));
    return runs.map((run, at) => ({
      id: run.id,
      colour: ramp((good[at] as number) / runs.length, theme),
      values: [...keys.map((key) => run.params[key] ?? null), run.metrics[target]?.last ?? null],
    }));
  }, [runs, keys, target, theme]);
  return (
    <>
      <ParallelPlot axes={axes} lines={lines} onKept={setKept} />
      <p className={styles.note}>
        Params that explain {target} best come first; strong lines are good runs. Drag along an axis to keep the lines that pass there, double click to let go.
        {kept && (
          <>
            {" "}
            <Button small disabled={!kept.length || kept.length > 500} onClick={() => setQuery({ q: idFilter(kept), tab: undefined })}>
              Show {plural(kept.length, "run")} in the table
            </Button>
          </>
        )}
      </p>
    </>
  );
}

function observations(runs: readonly Run[], target: string) {
  return runs.map((run) => ({ params: run.params, value: run.metrics[target]?.last ?? Number.NaN }));
}

function ImportanceTable({ runs, target, setQuery }: { runs: Run[]; target: string; setQuery: SetQuery }) {
  const rows = useMemo(() => paramImportance(observations(runs, target)).slice(0, SHOWN), [runs, target]);
  const most = Math.max(0.01, ...rows.map((row) => row.share));
  if (!rows.length) return <EmptyState title="Too few runs to tell" text="At least four runs with a param of different values are needed." />;
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
        The share of the variance of {target} that each param explains alone (eta squared, adjusted for the number of values; numbers in eight bins). Params that
        act only together show less than they do. Rank correlation is Spearman's.
      </p>
    </>
  );
}
