import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { useApi } from "../../api/context";
import type { GroupOfRuns, Run, Spread } from "../../api/model";
import { keys, useGroups } from "../../api/queries";
import { Grid, type GridColumn } from "../../components/Grid";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import type { SetQuery } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { fieldLabel, lowerIsBetter, parseField } from "../../lib/field";
import { count, exactNumber, plural, roundNumber, shortNumber } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { ValueCell } from "./cells";
import { NOISE_LEVEL, both, groupFilter, groupId, groupLabels, noiseOf, readGroup } from "./groups";
import type { RunRequest } from "./runRequest";
import { type RunsView, nextSort, writeWidths } from "./view";
import styles from "./GroupTab.module.css";

const MOST_GROUPS = 1000;
const MOST_RUNS = 100;

interface Row {
  id: string;
  group: GroupOfRuns;
  run: Run | null;
  /** Runs of the group that the table leaves out, said below the last one. */
  nMore: number;
}

/** Groups of all runs that fit, with the mean and spread of each metric. */
export function GroupTab({ request, view, columns, setQuery }: { request: RunRequest; view: RunsView; columns: string[]; setQuery: SetQuery }) {
  const api = useApi();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState(-1);
  const metrics = useMemo(() => columns.filter((id) => parseField(id).kind === "metrics" && parseField(id).stat !== "count"), [columns]);
  const spec = useMemo(() => readGroup(view.group), [view.group]);
  const sort = metrics.includes(view.sort.replace(/^-/, "")) ? view.sort : firstSort(metrics);
  const search = { experimentIds: request.experimentIds, filter: request.filter, by: spec.fields, isAllBut: spec.isAllBut, metrics, limit: MOST_GROUPS, runIds: 0 };
  const found = useGroups({ ...search, orderBy: sort ? `${sort.replace(/^-/, "")} ${sort.startsWith("-") ? "DESC" : "ASC"}` : "" });
  const { data } = found;
  const labels = useMemo(() => (data ? groupLabels(data) : new Map<string, string>()), [data]);
  const opened = (data?.groups ?? []).filter((group) => open.has(groupId(group)));
  const members = useQueries({
    queries: opened.map((group) => {
      const filter = both(request.filter, groupFilter(data?.by ?? [], group.values));
      return {
        queryKey: [...keys.runs, "group", request, filter],
        staleTime: 20_000,
        queryFn: () => api.searchRuns({ ...request, filter, lifecycle: "active", limit: MOST_RUNS, cursor: "" }),
      };
    }),
  });
  const runsOf = new Map(opened.map((group, at) => [groupId(group), members[at]?.data?.items ?? []]));
  const rows = (data?.groups ?? []).flatMap((group): Row[] => {
    const id = groupId(group);
    const runs = runsOf.get(id) ?? [];
    const nMore = runs.length ? group.nRuns - runs.length : 0;
    return [
      { id, group, run: null, nMore: 0 },
      ...runs.map((run) => ({ id: run.id, group, run, nMore: 0 })),
      ...(nMore > 0 ? [{ id: `${id} more`, group, run: null, nMore }] : []),
    ];
  });
  const best = metrics.map((id, at) => bestOf(data?.groups ?? [], at, lowerIsBetter(parseField(id).key)));
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  useShortcuts([
    { keys: "j", label: "Next row", run: () => setCursor(Math.min(rows.length - 1, cursor + 1)) },
    { keys: "k", label: "Previous row", run: () => setCursor(Math.max(0, cursor - 1)) },
    { keys: "enter", label: "Open or close the group", run: () => rows[cursor] && toggle(groupId(rows[cursor].group)) },
  ]);
  if (found.error) return <FailureState what="The runs could not be grouped" error={found.error} retry={() => void found.refetch()} />;
  if (data && !data.groups.length) return <EmptyState title="No run fits the filter" text="Groups are made of the runs that fit." />;

  const showAll = (group: GroupOfRuns) => setQuery({ group: undefined, q: both(view.filter, groupFilter(data?.by ?? [], group.values)) });
  const gridColumns: GridColumn<Row>[] = [
    {
      id: "group",
      title: "Group",
      width: view.widths.group ?? 250,
      isPinned: true,
      cell: ({ id, group, run, nMore }) =>
        run ? (
          <Link to="/runs/$runId" params={{ runId: run.id }} className={styles.run}>
            {run.name}
          </Link>
        ) : nMore ? (
          <button type="button" className={styles.more} onClick={() => showAll(group)}>
            {plural(nMore, "more run")}: show all of the group
          </button>
        ) : (
          <span className={styles.group} title={(data?.by ?? []).map((of, at) => `${of} = ${group.values[at] ?? "none"}`).join("\n")}>
            <button type="button" className={classes(styles.twist, open.has(id) && styles.open)} aria-label={`Runs of ${labels.get(id)}`} aria-expanded={open.has(id)} onClick={() => toggle(id)}>
              <ChevronRight size={13} />
            </button>
            <span>{labels.get(id)}</span>
          </span>
        ),
    },
    { id: "n", title: "Runs", width: 64, isNumber: true, cell: ({ group, run, nMore }) => (run || nMore ? null : count(group.nRuns)) },
    ...metrics.map((id, at): GridColumn<Row> => {
      const of = parseField(id);
      return {
        id,
        title: `${fieldLabel(of)}, mean ± sd`,
        about: `Mean and standard deviation of ${id}`,
        width: view.widths[id] ?? 230,
        isNumber: true,
        sorted: sort === id ? "ascending" : sort === `-${id}` ? "descending" : undefined,
        onSort: () => setQuery({ sort: nextSort(view.sort, id, lowerIsBetter(of.key)) || undefined }),
        cell: ({ group, run, nMore }) => {
          if (run) return <ValueCell run={run} of={of} isBest={false} />;
          const spread = group.metrics[at];
          return spread && !nMore ? <SpreadCell spread={spread} best={best[at]} nRuns={group.nRuns} /> : null;
        },
      };
    }),
  ];
  return (
    <>
      {data && (
        <p className={styles.note}>
          {plural(data.nGroups, "group")} of {plural(data.nRuns, "run")}
          {data.nGroups > data.groups.length ? `, the first ${count(data.groups.length)} by ${sort ? "their mean" : "size"}` : ""}.
          {data.groups.length > 1 && metrics.length > 0 && ` “Within noise”: not to be told from the best group, Welch’s two-sided t test gives p > ${NOISE_LEVEL}.`}
        </p>
      )}
      {data && (
        <Grid
          label="Groups of runs"
          rows={rows}
          keyOf={(row) => row.id}
          columns={gridColumns}
          cursor={cursor}
          isSelected={() => false}
          onRowClick={(_, index) => setCursor(index)}
          depthOf={(row) => (row.run || row.nMore ? 1 : 0)}
          onResize={(id, width) => setQuery(writeWidths({ ...view.widths, [id]: Math.round(width) }), { replace: true })}
        />
      )}
    </>
  );
}

function SpreadCell({ spread, best, nRuns }: { spread: Spread; best: Spread | undefined; nRuns: number }) {
  if (spread.mean === null) return null;
  const isBest = spread === best;
  const noise = best && !isBest ? noiseOf(spread, best) : null;
  const facts = [
    `mean ${exactNumber(spread.mean)}`,
    `standard deviation ${spread.sd === null ? "of one run: none" : exactNumber(spread.sd)}`,
    `min ${exactNumber(spread.min)}, median ${exactNumber(spread.median)}, max ${exactNumber(spread.max)}`,
    `${plural(spread.n, "run")} with a number${spread.n < nRuns ? ` of ${count(nRuns)}` : ""}`,
    ...(noise && Number.isFinite(noise.p) ? [`against the best group: Welch’s t test, p = ${roundNumber(noise.p, 2)}`] : []),
  ];
  return (
    <span title={facts.join("\n")}>
      {noise?.isNoise && <span className={styles.noise}>within noise</span>}{" "}
      <span className={isBest ? styles.best : undefined}>{shortNumber(spread.mean)}</span>
      <span className={styles.spread}>{spread.sd === null ? "" : `± ${roundNumber(spread.sd, 2)}`}</span>
    </span>
  );
}

function bestOf(groups: readonly GroupOfRuns[], at: number, isLowGood: boolean): Spread | undefined {
  const spreads = groups.flatMap((group) => (group.metrics[at]?.mean === null || !group.metrics[at] ? [] : [group.metrics[at]]));
  return spreads.reduce<Spread | undefined>((best, next) => (best === undefined || (isLowGood ? (next.mean ?? 0) < (best.mean ?? 0) : (next.mean ?? 0) > (best.mean ?? 0)) ? next : best), undefined);
}

function firstSort(metrics: readonly string[]): string {
  const [first] = metrics;
  return first ? `${lowerIsBetter(parseField(first).key) ? "" : "-"}${first}` : "";
}
