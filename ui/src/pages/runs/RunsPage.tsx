import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChartLine, Eye, Table2 } from "lucide-react";
import { Suspense, lazy, useCallback, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { keys, useExperiments, useMetricKeys } from "../../api/queries";
import type { FilterHandle } from "../../components/FilterField";
import { LinkButton } from "../../components/LinkButton";
import { Page } from "../../components/Page";
import { Segments } from "../../components/Segments";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { Button } from "../../components/Button";
import { useNotes } from "../../components/Toasts";
import { useElapsed } from "../../components/useElapsed";
import { useQueryState } from "../../components/useQuery";
import { field, fieldText } from "../../lib/field";
import { plural } from "../../lib/format";
import { headlineMetrics, keepHeadline } from "../../lib/headline";
import { readIds } from "../../lib/query";
import { FailureState } from "../../records/FailureState";
import { FIRST_RUN } from "../../records/firstRun";
import { ExperimentCrumbs } from "../../records/ExperimentCrumbs";
import { BestLine } from "./BestLine";
import { ColumnPicker } from "./ColumnPicker";
import { ExportMenu } from "./ExportMenu";
import { Facets } from "./Facets";
import { FilterBar } from "./FilterBar";
import { GroupMenu } from "./GroupMenu";
import { MoreMenu } from "./MoreMenu";
import { RunPeek } from "./RunPeek";
import { SelectionBar } from "./SelectionBar";
import { TableTab } from "./TableTab";
import { ViewsMenu } from "./ViewsMenu";
import { useBest } from "./useBest";
import { useRunActions } from "./useRunActions";
import type { RunRequest } from "./runRequest";
import { useRunRows } from "./useRunRows";
import {
  MOST_HIDDEN,
  type Tab,
  defaultColumns,
  fullFilter,
  neededKeys,
  orderBy,
  readView,
  typedPosition,
  writeColumns,
  writeHidden,
} from "./view";
import styles from "./RunsPage.module.css";

const ChartsTab = lazy(() => import("./ChartsTab").then((module) => ({ default: module.ChartsTab })));
const GroupTab = lazy(() => import("./GroupTab").then((module) => ({ default: module.GroupTab })));

const TABS = [
  { key: "table", word: "Table", icon: <Table2 size={14} /> },
  { key: "charts", word: "Charts", icon: <ChartLine size={14} /> },
] as const;
const HEADLINE = 3;
/** Beside the names of experiments there is room for fewer. */
const HEADLINE_OF_SEVERAL = 2;
const KEYS_GRACE_MS = 100;

/** The runs of one experiment, or of several together. */
export function RunsPage() {
  const { ids } = useParams({ from: "/experiments/$ids" });
  const experimentIds = useMemo(() => readIds(ids), [ids]);
  const api = useApi();
  const [query, setQuery] = useQueryState();
  const view = readView(query);
  const filterBar = useRef<FilterHandle>(null);
  const [selected, setSelected] = useState<ReadonlyMap<string, Run>>(new Map());
  const [isPickerOpen, setPickerOpen] = useState(false);
  const actions = useRunActions(experimentIds);

  const first = experimentIds[0] ?? "";
  const experiment = useQuery({ queryKey: keys.experiment(first), queryFn: () => api.getExperiment(first) });
  const all = useExperiments("active");
  const nRuns = all.data?.filter((e) => experimentIds.includes(e.id)).reduce((sum, e) => sum + e.nRuns, 0);

  const metricKeys = useMetricKeys(experimentIds);
  const nHeadline = experimentIds.length > 1 ? HEADLINE_OF_SEVERAL : HEADLINE;
  const [headline, setHeadline] = useState<string[]>([]);
  // Which metrics tell most changes while runs go on; the columns under somebody's eyes do not.
  const kept = useMemo(() => keepHeadline(headline, headlineMetrics(metricKeys.data ?? [], nHeadline), nHeadline), [headline, metricKeys.data, nHeadline]);
  if (kept.length > headline.length) setHeadline(kept);
  const columns = useMemo(
    () => view.columns ?? defaultColumns(headline.map((key) => fieldText(field("metrics", key))), experimentIds.length > 1),
    // The view is read anew on each render; its columns are the same while the address is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [query.cols, headline, experimentIds.length],
  );
  // Rows do not wait long for the keys: among thousands these take a while, and their columns join the rows then.
  const isKeysLate = useElapsed(KEYS_GRACE_MS);
  const areColumnsKnown = view.columns !== null || !metricKeys.isPending || isKeysLate;
  const filter = fullFilter(view);
  const request = useMemo<RunRequest>(
    () => ({ experimentIds, filter, orderBy: orderBy(view.sort), keys: neededKeys(columns) }),
    [experimentIds, filter, view.sort, columns],
  );
  const rows = useRunRows(request, areColumnsKnown);
  const best = useBest(experimentIds, filter, columns, areColumnsKnown && !rows.error);
  const bad = rows.error instanceof ApiError && rows.error.position !== null ? rows.error : null;

  const applyFilter = useCallback(
    (next: string, isTyping = false) => setQuery({ q: next || undefined }, { replace: isTyping }),
    [setQuery],
  );
  const notes = useNotes();
  const hide = (ids: string[]) => {
    const hidden = [...new Set([...view.hidden, ...ids])];
    if (hidden.length > MOST_HIDDEN) {
      notes.failed("The runs were not hidden", new Error(`a view hides at most ${MOST_HIDDEN}; the archive takes any number`));
      return;
    }
    setSelected(new Map());
    setQuery(writeHidden(hidden));
    notes.done(`${plural(ids.length, "run")} hidden from this view`, () => setQuery(writeHidden(view.hidden)));
  };
  const setTab = (tab: Tab) => setQuery({ tab: tab === "table" ? undefined : tab });
  useShortcuts([
    { keys: "/", label: "Filter", run: () => filterBar.current?.focus() },
    { keys: "f", label: "Choose columns", run: () => setPickerOpen(true) },
    ...TABS.map(({ key, word }, at) => ({ keys: String(at + 1), label: word, run: () => setTab(key) })),
  ]);

  if (experiment.error) {
    return (
      <Page title="Experiment" crumbs={<ExperimentCrumbs names={[]} />}>
        {experiment.error instanceof ApiError && (experiment.error.isMissing || experiment.error.status === 400) ? (
          <EmptyState
            title="There is no such experiment"
            text="It may have been removed from the trash for ever, or the address is cut short, or it is not shared with you: who manages it, or an administrator, can do that."
          >
            <LinkButton look="primary" render={<Link to="/experiments" />}>
              Go to the experiments
            </LinkButton>
          </EmptyState>
        ) : (
          <FailureState what="This experiment could not be loaded" error={experiment.error} retry={() => void experiment.refetch()} />
        )}
      </Page>
    );
  }
  const chosen = [...selected.keys()];
  // Chosen runs change after they were chosen; the loaded ones are fresh.
  const loaded = new Map(chosen.length ? rows.runs.map((run) => [run.id, run]) : []);
  const chosenRuns = [...selected.values()].map((run) => loaded.get(run.id) ?? run);
  const total = view.filter || view.hidden.length ? undefined : nRuns;
  const isEmpty = !rows.isPending && !rows.error && rows.runs.length === 0;
  return (
    <Page
      title={experiment.data?.name ?? ""}
      crumbs={<ExperimentCrumbs names={experimentIds.length > 1 ? [] : [experiment.data?.name ?? ""]} several={experimentIds.length} />}
      actions={
        <>
          <ViewsMenu scope={`experiment:${ids}`} query={query} />
          <ExportMenu request={request} columns={columns} chosen={chosen} />
        </>
      }
    >
      <div className={styles.line}>
        <Segments segments={TABS} chosen={view.tab} onChoose={setTab} />
        <FilterBar
          ref={filterBar}
          value={view.filter}
          experimentIds={experimentIds}
          serverError={
            bad && {
              message: bad.message.split("\n")[0] ?? "",
              start: typedPosition(bad.position ?? 0, view),
              end: view.filter.length,
            }
          }
          onApply={applyFilter}
        />
        <GroupMenu experimentIds={experimentIds} group={view.group} onGroup={(group) => setQuery({ group: group || undefined })} />
        <ColumnPicker
          experimentIds={experimentIds}
          columns={columns}
          onChange={(next) => setQuery(writeColumns(next), { replace: true })}
          onReset={() => setQuery({ cols: undefined, w: undefined, pin: undefined })}
          open={isPickerOpen}
          onOpenChange={setPickerOpen}
        />
        <MoreMenu view={view} setQuery={setQuery} experiment={experiment.data} />
      </div>
      <div className={styles.second}>
        {chosen.length ? (
          <SelectionBar runs={chosenRuns} actions={actions} onHide={view.hidden.length + chosen.length > MOST_HIDDEN ? null : hide} onClear={() => setSelected(new Map())} />
        ) : (
          <>
            <span className={styles.count}>{countText(rows.nBefore + rows.runs.length + rows.nAfter, rows.isPending || rows.hasNextPage, total)}</span>
            {view.hidden.length > 0 && (
              <Button small look="quiet" onClick={() => setQuery(writeHidden([]))}>
                <Eye size={13} />
                Show {plural(view.hidden.length, "hidden", "hidden")}
              </Button>
            )}
            <Facets experimentIds={experimentIds} filter={view.filter} onFilter={applyFilter} />
            <BestLine best={best} onOpen={(runId) => setQuery({ peek: runId })} />
          </>
        )}
      </div>
      <div className={styles.region}>
        {rows.error && !bad ? (
          <FailureState what="The runs could not be loaded" error={rows.error} retry={() => void rows.refetch()} />
        ) : isEmpty ? (
          <NoRuns filter={view.filter} nHidden={view.hidden.length} hasRuns={Boolean(nRuns)} onClear={() => applyFilter("")} onHidden={() => setQuery(writeHidden([]))} onArchived={() => setQuery({ archived: "1" })} />
        ) : view.tab === "charts" ? (
          <Suspense>
            <ChartsTab request={request} runs={rows.runs} selected={selected} query={query} setQuery={setQuery} headline={headline} group={view.group} />
          </Suspense>
        ) : view.group ? (
          <Suspense>
            <GroupTab request={request} view={view} columns={columns} setQuery={setQuery} />
          </Suspense>
        ) : (
          <TableTab
            view={view}
            setQuery={setQuery}
            columns={columns}
            rows={rows}
            best={best}
            total={total}
            selected={selected}
            onSelected={setSelected}
            actions={actions}
            onHide={hide}
          />
        )}
        {rows.nNew > 0 && (
          <button type="button" className={styles.pill} onClick={rows.showNew}>
            {plural(rows.nNew, "new run")}
          </button>
        )}
        {view.peek && <RunPeek runId={view.peek} onClose={() => setQuery({ peek: undefined })} />}
      </div>
    </Page>
  );
}

function countText(loaded: number, hasMore: boolean, total: number | undefined): string {
  if (!hasMore) return plural(loaded, "run");
  if (total !== undefined && total >= loaded) return plural(total, "run");
  return loaded ? `more than ${plural(loaded, "run")} fit` : "";
}

function NoRuns(props: { filter: string; nHidden: number; hasRuns: boolean; onClear: () => void; onHidden: () => void; onArchived: () => void }) {
  if (props.filter) {
    return (
      <EmptyState title="No run fits the filter" text="Nothing is lost: the runs are there, the filter leaves all of them out.">
        <Button onClick={props.onClear}>Clear the filter</Button>
      </EmptyState>
    );
  }
  if (props.nHidden) {
    return (
      <EmptyState title="All runs are hidden" text="This view leaves out some runs, and no others are there. They keep everything.">
        <Button onClick={props.onHidden}>Show the hidden runs</Button>
      </EmptyState>
    );
  }
  if (props.hasRuns) {
    return (
      <EmptyState title="All runs are archived" text="Archived runs keep everything; the table leaves them out.">
        <Button onClick={props.onArchived}>Show archived runs</Button>
      </EmptyState>
    );
  }
  return <EmptyState title="No runs yet" text="Runs appear here while they are logged. These lines make the first one:" code={FIRST_RUN} />;
}
