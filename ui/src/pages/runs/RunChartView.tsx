import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useKeys } from "../../api/queries";
import { ParallelPlot, type Kept } from "../../charts/ParallelPlot";
import { Picture } from "../../charts/Picture";
import { Button } from "../../components/Button";
import { Popover } from "../../components/Popover";
import { Bone, EmptyState } from "../../components/States";
import { field, fieldLabel, fieldText, parseField } from "../../lib/field";
import { quoteValue } from "../../lib/filter/complete";
import { cutMiddle, plural } from "../../lib/format";
import type { Panel } from "../../lib/layout";
import { FailureState } from "../../records/FailureState";
import { KeyList } from "../../records/KeyList";
import type { ChartScope, RunChart } from "./useRunChart";
import styles from "./Insights.module.css";

/** The picture of a chart, or why there is none. */
export function RunChartView({
  chart,
  panel,
  height,
  focus,
  onFocus,
  onPick,
  onFilter,
}: {
  chart: RunChart;
  panel: Panel;
  height: number;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onPick: (id: string) => void;
  /** Narrows table and charts to what a brush keeps. */
  onFilter: (conditions: string) => void;
}) {
  if (chart.error) return <FailureState what="The chart could not be made" error={chart.error} retry={chart.retry} />;
  if (chart.isPending) return <Bone width="100%" height={height - 20} />;
  if (chart.isEmpty) return <EmptyState title={`No numbers of ${panel.y || "a metric"} here`} text={WHY[panel.kind]} />;
  if (chart.parallel) return <Parallel chart={chart} height={height} onFilter={onFilter} />;
  return <Picture draw={chart.draw} label={chart.label} height={height} focus={focus} onFocus={onFocus} onPick={onPick} />;
}

const SOME = "It looks at the runs that fit the filter: some of them need this metric, and params with different values.";
const WHY: Record<Panel["kind"], string> = {
  line: "",
  scatter: SOME,
  parallel: SOME,
  contour: "A contour needs at least three runs with this metric and two params with different values.",
  correlation: "Two columns of different numbers are needed at least.",
  importance: "At least four runs with a param of different values are needed.",
  bar: "None of the runs in the list has a number.",
  box: "None of the runs that fit has a number.",
};

function Parallel({ chart, height, onFilter }: { chart: RunChart; height: number; onFilter: (conditions: string) => void }) {
  const [kept, setKept] = useState<{ n: number; by: Kept[] } | null>(null);
  if (!chart.parallel) return null;
  return (
    <div className={styles.parallel}>
      <ParallelPlot axes={chart.parallel.axes} lines={chart.parallel.lines} height={height} onKept={setKept} />
      {kept && (
        <span className={styles.kept}>
          {plural(kept.n, "run")} pass
          <Button small look="primary" disabled={!kept.n} onClick={() => onFilter(keptFilter(kept.by))}>
            Filter the table to these
          </Button>
        </span>
      )}
    </div>
  );
}

/** What brushes keep, in the search language: it holds for all runs, also those outside a sample. */
export function keptFilter(kept: readonly Kept[]): string {
  return kept
    .map(({ axis, range, names }) => {
      if (!range) return names.length === 1 ? `${axis} = ${quoteValue(names[0] as string)}` : `${axis} IN (${names.map(quoteValue).join(", ")})`;
      return `${axis} BETWEEN ${Number(range[0].toPrecision(6))} AND ${Number(range[1].toPrecision(6))}`;
    })
    .join(" AND ");
}

/** What stands on the axes. */
export function ChartChoices({ panel, chart, scope, onChange }: { panel: Panel; chart: RunChart; scope: ChartScope; onChange: (patch: Partial<Panel>) => void }) {
  const across = { scatter: "over", contour: "over", bar: "by", box: "by" }[panel.kind as string];
  return (
    <>
      <FieldChoice word="Metric" value={fieldText(field("metrics", panel.y))} experimentIds={scope.experimentIds} kinds={["metric"]} onChoose={(id) => onChange({ y: parseField(id).key })} />
      {across && (panel.kind !== "bar" || panel.x) && (
        <FieldChoice
          word={across}
          value={chart.chosen.x}
          experimentIds={scope.experimentIds}
          kinds={panel.kind === "scatter" ? ["param", "metric"] : ["param", "tag"]}
          onChoose={(x) => onChange({ x })}
        />
      )}
      {panel.kind === "bar" &&
        (panel.x ? (
          <Button small look="quiet" onClick={() => onChange({ x: "" })}>
            A bar for each run
          </Button>
        ) : (
          <FieldChoice word="A bar for each" value={scope.group && !scope.group.startsWith("!") ? scope.group : "run"} experimentIds={scope.experimentIds} kinds={["param", "tag"]} onChoose={(x) => onChange({ x })} />
        ))}
      {panel.kind === "contour" && <FieldChoice word="and" value={chart.chosen.z} experimentIds={scope.experimentIds} kinds={["param"]} onChoose={(z) => onChange({ z })} />}
      {panel.kind === "scatter" && (
        <>
          <Button small look="quiet" on={panel.isLogX} onClick={() => onChange({ isLogX: !panel.isLogX })}>
            log x
          </Button>
          <Button small look="quiet" on={panel.isLog} onClick={() => onChange({ isLog: !panel.isLog })}>
            log y
          </Button>
        </>
      )}
      <span>{chart.isPending ? "" : chart.about}</span>
    </>
  );
}

const FIELD_KINDS = { metric: "metrics", param: "params", tag: "tags" } as const;

function FieldChoice({ word, value, experimentIds, kinds, onChoose }: { word: string; value: string; experimentIds: string[]; kinds: ("metric" | "param" | "tag")[]; onChoose: (id: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const found = useKeys(experimentIds, kinds, text, 200);
  const options = (found.data ?? [])
    .filter((stats) => !/^(mlflow|runfold)\./.test(stats.key))
    .map((stats) => ({ value: fieldText(field(FIELD_KINDS[stats.kind], stats.key)), label: stats.key, ...(kinds.length > 1 ? { note: stats.kind } : {}) }));
  return (
    <Popover
      label={word}
      width={280}
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button small look="quiet">
          {word}: {cutMiddle(fieldLabel(parseField(value.replace(/^!/, ""))), 28)}
          <ChevronDown size={11} />
        </Button>
      }
    >
      <KeyList
        label={kinds.length === 1 ? `Find a ${kinds[0]}` : "Find a key"}
        options={options}
        value={value}
        onFind={setText}
        onChoose={(id) => {
          onChoose(id);
          setOpen(false);
        }}
      />
    </Popover>
  );
}
