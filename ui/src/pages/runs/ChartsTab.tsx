import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { Run } from "../../api/model";
import { useKeys } from "../../api/queries";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import type { SetQuery } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { headlineMetrics } from "../../lib/headline";
import { cutMiddle, exactNumber, plural, shortNumber } from "../../lib/format";
import type { Query } from "../../lib/query";
import { ChartBoard } from "../../records/ChartBoard";
import type { ChartGroup, ChartRun } from "../../records/chartLines";
import { useRunColours } from "../../records/runColours";
import { Insights, type InsightKind } from "./Insights";
import { useGroups } from "./useGroups";
import type { RunRequest } from "./useRunRows";
import styles from "./ChartsTab.module.css";

const KINDS = [
  ["lines", "Lines"],
  ["scatter", "Scatter"],
  ["parallel", "Parallel coordinates"],
  ["importance", "Importance"],
] as const;
const NUMBERS = [5, 10, 25, 50, 100];
const KEYS = 400;

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
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState<string | null>(null);
  const n = Number(query.n) || 10;
  const kind = (query.chart ?? "lines") as "lines" | InsightKind;

  const found = useKeys(request.experimentIds, ["metric"], find, KEYS);
  const metrics = useMemo(() => {
    const all = found.data ?? [];
    const ranked = headlineMetrics(all, all.length);
    const rest = all.map((stats) => stats.key).filter((key) => !ranked.includes(key));
    return [...ranked, ...rest];
  }, [found.data]);

  const grouped = useGroups(request, group);
  const candidates = useMemo(() => (selected.size ? [...selected.values()] : runs.slice(0, n)), [selected, runs, n]);
  const groups = useMemo<ChartGroup[]>(
    () => grouped.groups.slice(0, n).map((g) => ({ id: g.id, label: g.label, runIds: g.runs.slice(0, 20).map((run) => run.id) })),
    [grouped.groups, n],
  );
  const entries = group ? groups.map(({ id, label }) => ({ id, label, run: null })) : candidates.map((run) => ({ id: run.id, label: run.name, run }));
  const visible = entries.filter(({ id }) => !hidden.has(id));
  const colourOf = useRunColours(entries.map(({ id }) => id));
  const drawnRuns = useMemo<ChartRun[]>(
    () =>
      group
        ? grouped.groups.slice(0, n).filter((g) => !hidden.has(g.id)).flatMap((g) => g.runs.slice(0, 20))
        : candidates.filter((run) => !hidden.has(run.id)),
    [group, grouped.groups, n, candidates, hidden],
  );
  const drawnGroups = useMemo(() => groups.filter((g) => !hidden.has(g.id)), [groups, hidden]);
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  const pick = useCallback((id: string) => !group && setQuery({ peek: id }), [group, setQuery]);
  const first = headline[0];

  return (
    <div className={styles.tab}>
      <aside className={styles.legend} aria-label={group ? "Groups drawn" : "Runs drawn"}>
        <div className={styles.legendHead}>
          {selected.size && !group ? plural(selected.size, "chosen run") : `First ${plural(entries.length, group ? "group" : "run")}`}
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
          {entries.map(({ id, label, run }) => (
            <li
              key={id}
              className={classes(styles.item, hidden.has(id) && styles.off, focus === id && styles.focus)}
              onPointerEnter={() => setFocus(id)}
              onPointerLeave={() => setFocus(null)}
            >
              <button type="button" aria-pressed={!hidden.has(id)} aria-label={`Draw ${label}`} onClick={() => toggle(id)}>
                <i style={{ background: colourOf(id), borderColor: colourOf(id) }} />
              </button>
              {run ? (
                <Link className={styles.name} to="/runs/$runId" params={{ runId: id }} title={label}>
                  {cutMiddle(label, 22)}
                </Link>
              ) : (
                <span className={styles.name} title={label}>
                  {label}
                </span>
              )}
              {run && first && run.metrics[first] && (
                <span className={styles.value} title={`${first}: ${exactNumber(run.metrics[first].last)}`}>
                  {shortNumber(run.metrics[first].last)}
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
            query={query}
            setQuery={setQuery}
            colourOf={colourOf}
            focus={focus}
            onFocus={setFocus}
            onPick={pick}
          />
        ) : (
          <Insights kind={kind} request={request} metrics={metrics} query={query} setQuery={setQuery} shown={new Set(visible.map(({ id }) => id))} colourOf={colourOf} />
        )}
      </div>
    </div>
  );
}
