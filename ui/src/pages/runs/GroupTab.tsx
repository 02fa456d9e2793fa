import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import type { Run } from "../../api/model";
import { Grid, type GridColumn } from "../../components/Grid";
import { useShortcuts } from "../../components/Shortcuts";
import type { SetQuery } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { fieldLabel, lowerIsBetter, parseField } from "../../lib/field";
import { count, exactNumber, roundNumber, shortNumber } from "../../lib/format";
import type { Summary } from "../../lib/stats";
import { FailureState } from "../../records/FailureState";
import { ValueCell } from "./cells";
import { NOISE_LEVEL, type RunGroup, groupSummary, isWithinNoise } from "./grouping";
import { MOST_GROUPED, useGroups } from "./useGroups";
import type { RunRequest } from "./useRunRows";
import { type RunsView, nextSort } from "./view";
import styles from "./GroupTab.module.css";

type Row = { group: RunGroup; run: null } | { group: RunGroup; run: Run };

/** Groups of runs with the mean and spread of each metric. */
export function GroupTab({ request, view, columns, setQuery }: { request: RunRequest; view: RunsView; columns: string[]; setQuery: SetQuery }) {
  const { groups, isCut, isPending, error } = useGroups(request, view.group);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState(-1);
  const metrics = useMemo(() => columns.filter((id) => parseField(id).kind === "metrics"), [columns]);
  const summaries = useMemo(
    () => new Map(groups.map((group) => [group.id, new Map(metrics.map((id) => [id, groupSummary(group, id)]))])),
    [groups, metrics],
  );
  const sorted = useMemo(() => sortGroups(groups, view.sort || firstSort(metrics), summaries), [groups, view.sort, metrics, summaries]);
  const rows = useMemo(
    () => sorted.flatMap((group): Row[] => [{ group, run: null }, ...(open.has(group.id) ? group.runs.map((run) => ({ group, run })) : [])]),
    [sorted, open],
  );
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  useShortcuts([
    { keys: "j", label: "Next row", run: () => setCursor(Math.min(rows.length - 1, cursor + 1)) },
    { keys: "k", label: "Previous row", run: () => setCursor(Math.max(0, cursor - 1)) },
    { keys: "enter", label: "Open or close the group", run: () => rows[cursor] && toggle(rows[cursor].group.id) },
  ]);
  if (error) return <FailureState what="The runs could not be grouped" error={error} retry={() => setQuery({})} />;

  const gridColumns: GridColumn<Row>[] = [
    {
      id: "group",
      title: "Group",
      width: view.widths.group ?? 300,
      isPinned: true,
      cell: ({ group, run }) =>
        run ? (
          <Link to="/runs/$runId" params={{ runId: run.id }} className={styles.run}>
            {run.name}
          </Link>
        ) : (
          <span className={styles.group} title={group.values.map(([id, value]) => `${id} = ${value}`).join("\n")}>
            <button type="button" className={classes(styles.twist, open.has(group.id) && styles.open)} aria-label={`Runs of ${group.label}`} onClick={() => toggle(group.id)}>
              <ChevronRight size={13} />
            </button>
            <span>{group.label}</span>
          </span>
        ),
    },
    {
      id: "n",
      title: "Runs",
      width: 64,
      isNumber: true,
      cell: ({ group, run }) => (run ? null : count(group.runs.length)),
    },
    ...metrics.map((id): GridColumn<Row> => {
      const of = parseField(id);
      const bestGroup = sortGroups(groups, `${lowerIsBetter(of.key) ? "" : "-"}${id}`, summaries)[0];
      const best = bestGroup && summaries.get(bestGroup.id)?.get(id);
      return {
        id,
        title: `${fieldLabel(of)}, mean ± sd`,
        about: `Mean and standard deviation of ${id}`,
        width: view.widths[id] ?? 220,
        isNumber: true,
        sorted: view.sort === id ? "ascending" : view.sort === `-${id}` ? "descending" : undefined,
        onSort: () => setQuery({ sort: nextSort(view.sort, id, lowerIsBetter(of.key)) || undefined }),
        cell: ({ group, run }) => {
          if (run) return <ValueCell run={run} of={of} isBest={false} />;
          const summary = summaries.get(group.id)?.get(id);
          return summary ? <SummaryCell summary={summary} best={best} isBest={group === bestGroup} /> : null;
        },
      };
    }),
  ];
  return (
    <>
      {isCut && <p className={styles.note}>Only the first {count(MOST_GROUPED)} runs in this order are grouped; a filter makes the groups whole.</p>}
      {!isPending && (
        <Grid
          label="Groups of runs"
          rows={rows}
          keyOf={(row) => row.run?.id ?? row.group.id}
          columns={gridColumns}
          cursor={cursor}
          isSelected={() => false}
          onRowClick={(_, index) => setCursor(index)}
          depthOf={(row) => (row.run ? 1 : 0)}
        />
      )}
    </>
  );
}

function SummaryCell({ summary, best, isBest }: { summary: Summary; best: Summary | undefined; isBest: boolean }) {
  if (!summary.n) return null;
  const isNoise = !isBest && best !== undefined && isWithinNoise(summary, best);
  return (
    <span title={`mean ${exactNumber(summary.mean)}\nsd ${exactNumber(summary.sd)}\nmin ${exactNumber(summary.min)}, max ${exactNumber(summary.max)}\nn ${summary.n}`}>
      {isNoise && (
        <span className={styles.noise} title={`Cannot be told from the best group: Welch's t test gives p > ${NOISE_LEVEL}`}>
          within noise
        </span>
      )}{" "}
      <span className={isBest ? styles.best : undefined}>{shortNumber(summary.mean)}</span>
      <span className={styles.spread}>{summary.n > 1 ? `± ${roundNumber(summary.sd, 2)}` : ""}</span>
    </span>
  );
}

function firstSort(metrics: readonly string[]): string {
  const [first] = metrics;
  return first ? `${lowerIsBetter(parseField(first).key) ? "" : "-"}${first}` : "";
}

function sortGroups(groups: readonly RunGroup[], sort: string, summaries: ReadonlyMap<string, ReadonlyMap<string, Summary>>): RunGroup[] {
  const id = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const mean = (group: RunGroup) => summaries.get(group.id)?.get(id)?.mean ?? Number.NaN;
  return groups.toSorted((a, b) => {
    const [x, y] = [mean(a), mean(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return sign * (x - y);
  });
}
