import { Trash2 } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import type { MetricSummary, Run } from "../../api/model";
import { useSeries } from "../../api/queries";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Dialog } from "../../components/Dialog";
import { Grid, type GridColumn } from "../../components/Grid";
import { SearchInput } from "../../components/Field";
import { useShortcuts } from "../../components/Shortcuts";
import { SparkLine } from "../../components/Spark";
import { EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { type SetQuery, useQueryText } from "../../components/useQuery";
import { count, cutMiddle, exactNumber, plural, shortNumber } from "../../lib/format";
import type { Query } from "../../lib/query";
import type { RunEdits } from "../../records/useRunEdits";
import styles from "./KeysTab.module.css";

interface Row {
  key: string;
  metric: MetricSummary;
}

type NumberColumn = "last" | "min" | "max" | "step" | "count";
/** Courses are fetched for so many rows together, when one of them comes into sight. */
const TOGETHER = 30;

/** Every metric with its numbers, also when there are thousands. */
export function MetricsTab({ run, edits, denied, query, setQuery }: { run: Run; edits: RunEdits; denied: MaybeDenial; query: Query; setQuery: SetQuery }) {
  const [text, setText] = useQueryText("find");
  const [cursor, setCursor] = useState(-1);
  const [asked, setAsked] = useState<string | null>(null);
  const sort = query.sort ?? "";
  const rows = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = Object.entries(run.metrics)
      .filter(([key]) => key.toLowerCase().includes(wanted))
      .map(([key, metric]): Row => ({ key, metric }));
    return found.sort(comparison(sort));
  }, [run.metrics, text, sort]);
  const keys = useMemo(() => rows.map((row) => row.key), [rows]);
  const find = useRef<HTMLInputElement>(null);
  const openChart = (key: string) => setQuery({ tab: "charts", big: key, find: undefined, sort: undefined });
  useShortcuts([
    { keys: "/", label: "Find a metric", run: () => find.current?.focus() },
    { keys: "j", label: "Next metric", run: () => setCursor(Math.min(rows.length - 1, cursor + 1)) },
    { keys: "k", label: "Previous metric", run: () => setCursor(Math.max(0, cursor - 1)) },
    { keys: "enter", label: "Open the chart of the metric", run: () => rows[cursor] && openChart(rows[cursor].key) },
  ]);

  const number = (id: NumberColumn, title: string, width = 110): GridColumn<Row> => ({
    id,
    title,
    width,
    isNumber: true,
    sorted: sort === id ? "ascending" : sort === `-${id}` ? "descending" : undefined,
    onSort: () => setQuery({ sort: sort === `-${id}` ? id : sort === id ? undefined : `-${id}` }, { replace: true }),
    cell: ({ metric }) => <span title={exactNumber(metric[id])}>{id === "step" || id === "count" ? count(metric[id]) : shortNumber(metric[id])}</span>,
  });
  const columns: GridColumn<Row>[] = [
    {
      id: "key",
      title: "Metric",
      width: 340,
      isPinned: true,
      sorted: sort === "-key" ? "descending" : sort ? undefined : "ascending",
      onSort: () => setQuery({ sort: sort ? undefined : "-key" }, { replace: true }),
      cell: ({ key }) => (
        <button type="button" className={styles.metric} title={`${key}\nOpen its chart`} onClick={() => openChart(key)}>
          {key}
        </button>
      ),
    },
    { id: "spark", title: "Course", width: 130, cell: ({ key }, at) => <Course runId={run.id} name={key} keys={keys} at={at} /> },
    number("last", "Last"),
    number("min", "Min"),
    number("max", "Max"),
    number("step", "At step", 90),
    number("count", "Points", 90),
    { id: "time", title: "Logged", width: 100, cell: ({ metric }) => <Ago ms={metric.timestampMs} /> },
    {
      id: "remove",
      title: "",
      width: 48,
      cell: ({ key }) => (
        <IconButton small denied={denied} label={`Remove the metric ${key}`} onClick={() => setAsked(key)}>
          <Trash2 size={13} />
        </IconButton>
      ),
    },
  ];
  if (!Object.keys(run.metrics).length) {
    return <EmptyState title="No metrics" text="Metrics are what was measured while the run went on:" code={'runfold.log_metric("loss", loss, step=step)'} />;
  }
  return (
    <>
      <div className={styles.line}>
        <SearchInput
          ref={find}
          className={styles.find}
          placeholder="Find a metric"
          aria-label="Find a metric"
          value={text}
          onChange={(e) => setText(e.target.value)}
        />
        {text.trim() ? `${count(rows.length)} of ${plural(Object.keys(run.metrics).length, "metric")}` : plural(rows.length, "metric")}
      </div>
      {rows.length ? (
        <Grid label="Metrics" rows={rows} keyOf={(row) => row.key} columns={columns} cursor={cursor} isSelected={() => false} onRowClick={(_, at) => setCursor(at)} />
      ) : (
        <EmptyState title={`No metric contains “${cutMiddle(text.trim(), 40)}”`} text="The search looks at the names of metrics." />
      )}
      <Dialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title="Remove this metric from the run?"
        foot={
          <>
            <Button onClick={() => setAsked(null)}>Keep it</Button>
            <Button
              look="danger"
              onClick={() => {
                if (asked !== null) void edits.deleteMetric(asked);
                setAsked(null);
              }}
            >
              Remove the metric
            </Button>
          </>
        }
      >
        <p>
          All points of <code>{asked}</code> go for good. The run and its other metrics stay.
        </p>
      </Dialog>
    </>
  );
}

/** The shape of a metric; rows of one part of the list share a request. */
function Course({ runId, name, keys, at }: { runId: string; name: string; keys: string[]; at: number }) {
  const start = at - (at % TOGETHER);
  const together = useMemo(() => keys.slice(start, start + TOGETHER), [keys, start]);
  const { data } = useSeries({ runIds: [runId], keys: together, axis: "step", buckets: 40, start: null, end: null });
  return <SparkLine values={data?.find((series) => series.key === name)?.mean ?? []} width={108} />;
}

function comparison(sort: string): (a: Row, b: Row) => number {
  const id = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  if (!id || id === "key") return (a, b) => sign * a.key.localeCompare(b.key, undefined, { numeric: true });
  return (a, b) => {
    const [x, y] = [a.metric[id as NumberColumn], b.metric[id as NumberColumn]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return sign * (x - y);
  };
}
