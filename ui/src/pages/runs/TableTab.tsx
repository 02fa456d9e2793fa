import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Run } from "../../api/model";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone } from "../../components/States";
import type { SetQuery } from "../../components/useQuery";
import { type TreeRow, treeRows } from "../../lib/runTree";
import { RunGrid, type ColumnChanges } from "./RunGrid";
import type { Best } from "./useBest";
import type { RunActions } from "./useRunActions";
import type { useRunRows } from "./useRunRows";
import { denialOfSome } from "../../records/accounts/denials";
import { useRightsOf } from "../../records/accounts/useRights";
import { TAGS } from "../../records/tags";
import { type RunsView, writeColumns, writePinned, writeWidths } from "./view";
import styles from "./RunsPage.module.css";

const NONE: ReadonlyMap<string, Run> = new Map();

/** The table with its keys, its tree and its selection. */
export function TableTab({
  view,
  setQuery,
  columns,
  rows: source,
  best,
  total,
  selected,
  onSelected,
  actions,
  onHide,
}: {
  view: RunsView;
  setQuery: SetQuery;
  columns: string[];
  rows: ReturnType<typeof useRunRows>;
  best: Best[];
  total: number | undefined;
  selected: ReadonlyMap<string, Run>;
  onSelected: (selected: ReadonlyMap<string, Run>) => void;
  actions: RunActions;
  onHide: (ids: string[]) => void;
}) {
  const navigate = useNavigate();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState(-1);
  const anchor = useRef(-1);
  const { runs, above, hasNextPage, isFetching, isFetchingNextPage, fetchNextPage, fetchPreviousPage, nBefore, nAfter, jump } = source;

  const rows = useMemo(() => {
    const isOpen = (id: string) => !closed.has(id);
    if (!view.isFlat) return treeRows(runs, above.byId, isOpen, above.fitting);
    return runs.map((run): TreeRow<Run> => ({ run, depth: 0, nChildren: 0, isOpen: false, isMatch: true }));
  }, [runs, above, closed, view.isFlat]);
  const rowAt = (index: number) => rows[index - nBefore];
  const here = rowAt(cursor)?.run;

  const toggleOpen = useCallback((id: string) => {
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const select = useCallback(
    (row: TreeRow<Run>, range: boolean) => {
      const at = rows.indexOf(row) + nBefore;
      const next = new Map(selected);
      if (range && anchor.current >= 0) {
        const [from, to] = [Math.min(anchor.current, at), Math.max(anchor.current, at)];
        for (const { run } of rows.slice(Math.max(0, from - nBefore), to - nBefore + 1)) next.set(run.id, run);
      } else if (!next.delete(row.run.id)) next.set(row.run.id, row.run);
      anchor.current = at;
      onSelected(next);
    },
    [rows, nBefore, selected, onSelected],
  );
  const selectAll = useCallback(() => {
    const isAll = rows.length > 0 && rows.every((row) => selected.has(row.run.id));
    onSelected(isAll ? NONE : new Map(rows.map(({ run }) => [run.id, run])));
  }, [rows, selected, onSelected]);

  const move = (by: number, isSelecting = false) => {
    const next = Math.min(nBefore + rows.length - 1, Math.max(0, cursor + by));
    setCursor(next);
    if (isSelecting) onSelected(new Map([...selected, ...[rowAt(cursor), rowAt(next)].flatMap((r): [string, Run][] => (r ? [[r.run.id, r.run]] : []))]));
    const there = rowAt(next);
    if (view.peek && there) setQuery({ peek: there.run.id }, { replace: true });
  };
  const chosen = selected.size ? [...selected.values()] : here ? [here] : [];
  const targets = () => chosen.map(({ id }) => id);
  const rights = useRightsOf([...runs, ...chosen].map(placeOf));
  const removeDenied = denialOfSome(chosen.map((run) => [run.name, rights(placeOf(run)).to("deleteRuns")] as const), "runs");
  const compare = () => targets().length > 1 && void navigate({ to: "/compare", search: { runs: targets().join(",") } });
  useShortcuts([
    { keys: "j", label: "Next run", run: () => move(1) },
    { keys: "k", label: "Previous run", run: () => move(-1) },
    { keys: "arrowdown", label: "Next run", run: () => move(1) },
    { keys: "arrowup", label: "Previous run", run: () => move(-1) },
    { keys: "shift+j", label: "Choose and go on", run: () => move(1, true) },
    { keys: "x", label: "Choose the run", run: () => {
      const row = rowAt(cursor);
      if (row) select(row, false);
    } },
    { keys: "ctrl+a", label: "Choose all loaded runs", run: selectAll },
    { keys: "space", label: "Quick look", run: () => setQuery({ peek: view.peek || !here ? undefined : here.id }) },
    { keys: "enter", label: "Open the run", run: () => here && void navigate({ to: "/runs/$runId", params: { runId: here.id } }) },
    { keys: "c", label: "Compare the chosen runs", run: compare },
    { keys: "s", label: "Star the run", run: () => here && void actions.star(here.id, here.tags[TAGS.star] !== "true"), denied: here && rights(placeOf(here)).to("changeRun") },
    { keys: "h", label: "Hide the run from this view", run: () => targets().length > 0 && onHide(targets()) },
    { keys: "delete", label: "Move to the trash", run: () => targets().length > 0 && void actions.remove(targets()).then(() => onSelected(NONE)), denied: removeDenied },
    { keys: "escape", label: "Choose none, close the panel", run: () => (view.peek ? setQuery({ peek: undefined }) : onSelected(NONE)) },
  ]);

  const changes = useMemo<ColumnChanges>(
    () => ({
      sort: (sort) => setQuery({ sort: sort || undefined }),
      columns: (next) => setQuery(writeColumns(next), { replace: true }),
      pinned: (next) => setQuery(writePinned(next), { replace: true }),
      width: (id, width) => setQuery(writeWidths({ ...view.widths, [id]: Math.round(width) }), { replace: true }),
    }),
    [setQuery, view.widths],
  );
  const selectedIds = useMemo(() => new Set(selected.keys()), [selected]);
  const around = useMemo(
    () => ({
      nBefore,
      nAfter,
      onNearEnd: () => void (hasNextPage && !isFetching && fetchNextPage()),
      onNearStart: () => void (!isFetching && fetchPreviousPage()),
      onFar: (index: number) => void (!isFetching && jump(index)),
    }),
    [nBefore, nAfter, hasNextPage, isFetching, fetchNextPage, fetchPreviousPage, jump],
  );

  if (source.isPending) return <Bones />;
  return (
    <RunGrid
      rows={rows}
      total={total}
      columns={columns}
      view={view}
      best={best}
      cursor={cursor}
      selected={selectedIds}
      colourOf={noColour}
      changes={changes}
      onCursor={setCursor}
      onSelect={select}
      onSelectAll={selectAll}
      onToggle={toggleOpen}
      window={around}
      foot={isFetchingNextPage ? "More runs are coming" : null}
    />
  );
}

const placeOf = ({ experimentId }: Run) => `experiment:${experimentId}`;
const noColour = () => null;

function Bones() {
  return (
    <div className={styles.bones} aria-hidden>
      {Array.from({ length: 14 }, (_, at) => (
        <span key={at}>
          <Bone width={180} />
          <Bone width={60} />
          <Bone width={70} />
          <Bone width={70} />
          <Bone width={70} />
        </span>
      ))}
    </div>
  );
}
