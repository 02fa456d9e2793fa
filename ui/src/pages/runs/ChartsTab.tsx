import { Link } from "@tanstack/react-router";
import { ChevronDown, Pin } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { KeyStats, Run } from "../../api/model";
import { useKeys } from "../../api/queries";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import type { SetQuery } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { headlineMetrics } from "../../lib/headline";
import { cutMiddle, exactNumber, plural, shortNumber } from "../../lib/format";
import { type Panel, type PanelKind, addPanel, readLayout, writeLayout } from "../../lib/layout";
import { readList, writeList } from "../../lib/listParam";
import type { Query } from "../../lib/query";
import { ChartBoard } from "../../records/ChartBoard";
import { autoLayout } from "../../records/autoLayout";
import type { ChartGroup, ChartRun } from "../../records/chartLines";
import { useRunColours } from "../../records/runColours";
import { useFocus } from "../../records/useFocus";
import { Insights } from "./Insights";
import { RunChartPanel } from "./RunChartPanel";
import { both } from "./groups";
import { type ChartScope, useLegendGroups } from "./useRunChart";
import type { RunRequest } from "./runRequest";
import styles from "./ChartsTab.module.css";

const KINDS = [
  ["lines", "Board"],
  ["scatter", "Scatter"],
  ["bar", "Bars"],
  ["box", "Boxes"],
  ["parallel", "Parallel coordinates"],
  ["importance", "Importance"],
  ["correlation", "Correlation"],
  ["contour", "Contour"],
] as const;
const PANELS: readonly PanelKind[] = ["line", "scatter", "bar", "box", "parallel", "importance", "correlation", "contour"];
const NUMBERS = [5, 10, 25, 50, 100, 200];
/** Of larger groups the newest runs are drawn: a band of so many is as good as one of all. */
const RUNS_OF_GROUP = 20;
const KEYS = 400;
const AT_FIRST = 24;

/** Charts of the chosen runs; of the first ones in the order of the table when none is chosen. */
export function ChartsTab({
  request,
  runs,
  selected,
  query,
  setQuery,
  headline,
  group,
}: {
  request: RunRequest;
  runs: Run[];
  selected: ReadonlyMap<string, Run>;
  query: Query;
  setQuery: SetQuery;
  headline: string[];
  group: string;
}) {
  const [find, setFind] = useState("");
  const [pick, setPick] = useState("");
  const hidden = useMemo(() => new Set(readList(query.off)), [query.off]);
  const { focus, setFocus, pinned, pin } = useFocus();
  const n = Number(query.n) || 10;
  const kind = KINDS.find(([value]) => value === query.chart)?.[0] ?? "lines";

  const found = useKeys(request.experimentIds, ["metric"], find, KEYS);
  const metrics = useMemo(() => rankedKeys(found.data ?? []), [found.data]);
  const picked = useKeys(request.experimentIds, ["metric"], pick, KEYS);
  const choices = useMemo(() => ({ metrics: rankedKeys(picked.data ?? []), onFind: setPick }), [picked.data]);

  const first = headline[0];
  const grouped = useLegendGroups({ experimentIds: request.experimentIds, filter: request.filter, group }, first ?? "", n, RUNS_OF_GROUP);
  const candidates = useMemo(() => (selected.size ? [...selected.values()] : runs.slice(0, n)), [selected, runs, n]);
  const groups = useMemo<ChartGroup[]>(() => grouped.map(({ id, label, nRuns, runIds }) => ({ id, label, nRuns, runIds })), [grouped]);
  const entries = useMemo(
    () => (group ? grouped.map(({ id, label, nRuns, mean }) => ({ id, label, run: null, nRuns, value: mean })) : candidates.map((run) => ({ id: run.id, label: run.name, run, nRuns: 0, value: run.metrics[first ?? ""]?.last ?? null }))),
    [group, grouped, candidates, first],
  );
  const visible = useMemo(() => entries.filter(({ id }) => !hidden.has(id)), [entries, hidden]);
  const idText = useMemo(() => entries.map(({ id }) => id), [entries]);
  const colourOf = useRunColours(idText);
  const drawnGroups = useMemo(() => groups.filter((g) => !hidden.has(g.id)), [groups, hidden]);
  const drawnRuns = useMemo<ChartRun[]>(
    () => (group ? drawnGroups.flatMap((g) => g.runIds).map((id) => ({ id, name: id })) : candidates.filter((run) => !hidden.has(run.id))),
    [group, drawnGroups, candidates, hidden],
  );
  const scope: ChartScope = { experimentIds: request.experimentIds, filter: request.filter, group, shown: visible, colourOf, metrics, isLoading: found.isPending };
  const setHidden = (ids: Iterable<string>) => setQuery({ off: writeList([...ids]) }, { replace: true });
  const toggle = (id: string, isAlone: boolean) => {
    if (isAlone) return setHidden(visible.length === 1 && visible[0]?.id === id ? [] : idText.filter((other) => other !== id));
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  const nOff = entries.length - visible.length;
  const peek = useCallback((id: string) => !group && setQuery({ peek: id }), [group, setQuery]);
  const narrow = (conditions: string) => setQuery({ q: both(query.q ?? "", conditions) });
  const keep = (panel: Panel) => {
    const before = readLayout(query.board) ?? autoLayout(metrics.slice(0, AT_FIRST));
    setQuery({ board: writeLayout(addPanel(before, panel, 0, 0)), chart: undefined });
  };

  return (
    <div className={styles.tab}>
      <aside className={styles.legend} aria-label={group ? "Groups drawn" : "Runs drawn"}>
        <div className={styles.legendHead}>
          {selected.size && !group ? plural(selected.size, "chosen run") : group ? `Best ${plural(entries.length, "group")}` : `First ${plural(entries.length, "run")}`}
          {nOff > 0 && (
            <Button small look="quiet" title={`${plural(nOff, group ? "group" : "run")} hidden`} onClick={() => setHidden([])}>
              Draw all
            </Button>
          )}
          {(!selected.size || group) && (
            <Menu
              align="end"
              trigger={
                <Button small look="quiet" aria-label="How many are drawn">
                  {n}
                  <ChevronDown size={11} />
                </Button>
              }
              entries={NUMBERS.map((value) => ({ label: String(value), checked: value === n, onSelect: () => setQuery({ n: value === 10 ? undefined : String(value) }) }))}
            />
          )}
        </div>
        <ul className={styles.list}>
          {entries.map(({ id, label, run, nRuns, value }) => (
            <li
              key={id}
              className={classes(styles.item, hidden.has(id) && styles.off, focus === id && styles.focus)}
              onPointerEnter={() => setFocus(id)}
              onPointerLeave={() => setFocus(null)}
            >
              <button type="button" aria-pressed={!hidden.has(id)} aria-label={`Draw ${label}`} title="Hide or draw; with Alt, draw this alone" onClick={(event) => toggle(id, event.altKey)}>
                <i style={{ background: colourOf(id), borderColor: colourOf(id) }} />
              </button>
              {run ? (
                <Link className={styles.name} to="/runs/$runId" params={{ runId: id }} title={label}>
                  {cutMiddle(label, 22)}
                </Link>
              ) : (
                <span className={styles.name} title={`${label}, ${plural(nRuns, "run")}${nRuns > RUNS_OF_GROUP ? `; the newest ${RUNS_OF_GROUP} are drawn` : ""}`}>
                  {label}
                </span>
              )}
              {pinned === id && (
                <button type="button" className={styles.pinned} aria-label={`Let go of ${label}`} onClick={() => pin(id)}>
                  <Pin size={11} />
                </button>
              )}
              {first && value !== null && (
                <span className={styles.value} title={`${first}: ${group ? "mean " : ""}${exactNumber(value)}`}>
                  {shortNumber(value)}
                </span>
              )}
            </li>
          ))}
        </ul>
      </aside>
      <div className={styles.main}>
        <div className={styles.kinds} role="tablist" aria-label="Kind of chart">
          {KINDS.map(([value, word]) => (
            <button key={value} type="button" role="tab" aria-selected={kind === value} onClick={() => setQuery({ chart: value === "lines" ? undefined : value })}>
              {word}
            </button>
          ))}
        </div>
        {kind === "lines" ? (
          <ChartBoard
            runs={drawnRuns}
            groups={group ? drawnGroups : []}
            metrics={metrics}
            onFind={setFind}
            choices={choices}
            query={query}
            setQuery={setQuery}
            colourOf={colourOf}
            focus={focus}
            onFocus={setFocus}
            onPick={pin}
            kinds={PANELS}
            renderPanel={(controls) => <RunChartPanel key={controls.panel.id} controls={controls} scope={scope} focus={focus} onFocus={setFocus} onPick={peek} onFilter={narrow} />}
          />
        ) : (
          <Insights kind={kind} scope={scope} query={query} setQuery={setQuery} focus={focus} onFocus={setFocus} onFilter={narrow} onKeep={keep} />
        )}
      </div>
    </div>
  );
}

/** The ones that make good charts first, then the rest. */
function rankedKeys(all: readonly KeyStats[]): string[] {
  const ranked = headlineMetrics(all, all.length);
  const known = new Set(ranked);
  return [...ranked, ...all.map((stats) => stats.key).filter((key) => !known.has(key))];
}
