import { ArrowDown, ArrowUp, ArrowLeftToLine, ArrowRightToLine, EyeOff, Pin, PinOff } from "lucide-react";
import { useMemo } from "react";
import type { Run } from "../../api/model";
import { Grid, type GridColumn, type GridProps } from "../../components/Grid";
import type { MenuEntry } from "../../components/Menu";
import { fieldLabel, lowerIsBetter, parseField } from "../../lib/field";
import type { TreeRow } from "../../lib/runTree";
import type { Best } from "./useBest";
import { type RunsView, columnWidth, nextSort } from "./view";
import { NameCell, ValueCell, isNumberColumn } from "./cells";
import styles from "./cells.module.css";

export interface ColumnChanges {
  sort: (sort: string) => void;
  columns: (columns: string[]) => void;
  pinned: (pinned: string[]) => void;
  width: (id: string, width: number) => void;
}

const NAME_WIDTH = 250;

/** The table of runs. */
export function RunGrid({
  rows,
  total,
  columns,
  view,
  best,
  cursor,
  selected,
  colourOf,
  changes,
  onCursor,
  onSelect,
  onSelectAll,
  onToggle,
  window: around,
  foot,
}: {
  rows: TreeRow<Run>[];
  total: number | undefined;
  columns: string[];
  view: RunsView;
  best: Best[];
  cursor: number;
  selected: ReadonlySet<string>;
  colourOf: (id: string) => string | null;
  changes: ColumnChanges;
  onCursor: (index: number) => void;
  onSelect: (row: TreeRow<Run>, range: boolean) => void;
  onSelectAll: () => void;
  onToggle: (id: string) => void;
  /** Which rows are in memory, and how others come. */
  window: Pick<GridProps<TreeRow<Run>>, "nBefore" | "nAfter" | "onNearEnd" | "onNearStart" | "onFar">;
  foot: React.ReactNode;
}) {
  const hasTree = useMemo(() => rows.some((row) => row.nChildren > 0), [rows]);
  const gridColumns = useMemo(() => {
    const runs = rows.slice(0, 30).map((row) => row.run);
    const nameWidth = view.widths.run_name ?? NAME_WIDTH;
    const bestRun = new Map(best.map((b) => [b.id, b.runId]));
    const isAll = rows.length > 0 && rows.every((row) => selected.has(row.run.id));
    const sorted = (id: string) =>
      view.sort === id ? ("ascending" as const) : view.sort === `-${id}` ? ("descending" as const) : undefined;

    const select: GridColumn<TreeRow<Run>> = {
      id: "select",
      title: "",
      width: 36,
      isPinned: true,
      head: (
        <span className={styles.check}>
          <input type="checkbox" aria-label="Select all loaded runs" checked={isAll} onChange={onSelectAll} />
        </span>
      ),
      cell: (row) => (
        <span className={styles.check} onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            aria-label={`Select ${row.run.name}`}
            checked={selected.has(row.run.id)}
            onChange={() => undefined}
            onClick={(event) => onSelect(row, event.shiftKey)}
          />
        </span>
      ),
    };
    const name: GridColumn<TreeRow<Run>> = {
      id: "run_name",
      title: "Name",
      width: nameWidth,
      isPinned: true,
      sorted: sorted("run_name"),
      onSort: () => changes.sort(nextSort(view.sort, "run_name", true)),
      cell: (row) => (
        <NameCell row={row} width={nameWidth} hasTree={hasTree} colour={colourOf(row.run.id)} onToggle={() => onToggle(row.run.id)} />
      ),
    };
    const pinned = columns.filter((id) => view.pinned.includes(id));
    const others = columns.filter((id) => !view.pinned.includes(id));
    const rest = [...pinned, ...others].map((id): GridColumn<TreeRow<Run>> => {
      const of = parseField(id);
      const bestIsLow = of.kind === "metrics" ? lowerIsBetter(of.key) : of.kind === "params";
      return {
        id,
        title: fieldLabel(of),
        about: of.kind === "metrics" ? `${id}; ${lowerIsBetter(of.key) ? "lower" : "higher"} is taken as better` : id,
        width: columnWidth(view, id, of),
        isPinned: view.pinned.includes(id),
        isNumber: isNumberColumn(of, runs),
        sorted: sorted(id),
        onSort: () => changes.sort(nextSort(view.sort, id, bestIsLow)),
        menu: columnMenu(id, columns, view, changes),
        cell: ({ run }) => <ValueCell run={run} of={of} isBest={bestRun.get(id) === run.id} />,
      };
    });
    return [select, name, ...rest];
  }, [rows, columns, view, best, selected, colourOf, changes, hasTree, onSelect, onSelectAll, onToggle]);

  return (
    <Grid
      label="Runs"
      rows={rows}
      total={total}
      keyOf={(row) => row.run.id}
      columns={gridColumns}
      cursor={cursor}
      isSelected={(row) => selected.has(row.run.id)}
      onRowClick={(_, index) => onCursor(index)}
      {...around}
      onResize={changes.width}
      onMove={(id, before) => changes.columns(moved(columns, id, before))}
      foot={foot}
      depthOf={hasTree ? (row) => row.depth : undefined}
    />
  );
}

function moved(columns: readonly string[], id: string, before: string): string[] {
  const rest = columns.filter((column) => column !== id);
  const at = rest.indexOf(before);
  return at < 0 ? [id, ...rest] : [...rest.slice(0, at), id, ...rest.slice(at)];
}

function columnMenu(id: string, columns: string[], view: RunsView, changes: ColumnChanges): MenuEntry[] {
  const at = columns.indexOf(id);
  const isPinned = view.pinned.includes(id);
  const swap = (to: number) => {
    const next = columns.filter((column) => column !== id);
    next.splice(to, 0, id);
    changes.columns(next);
  };
  return [
    { label: "Sort ascending", icon: <ArrowUp size={14} />, onSelect: () => changes.sort(id) },
    { label: "Sort descending", icon: <ArrowDown size={14} />, onSelect: () => changes.sort(`-${id}`) },
    "line",
    {
      label: isPinned ? "Unpin" : "Pin to the left",
      icon: isPinned ? <PinOff size={14} /> : <Pin size={14} />,
      onSelect: () => changes.pinned(isPinned ? view.pinned.filter((p) => p !== id) : [...view.pinned, id]),
    },
    { label: "Move left", icon: <ArrowLeftToLine size={14} />, disabled: at <= 0, onSelect: () => swap(at - 1) },
    { label: "Move right", icon: <ArrowRightToLine size={14} />, disabled: at >= columns.length - 1, onSelect: () => swap(at + 1) },
    "line",
    { label: "Hide column", icon: <EyeOff size={14} />, onSelect: () => changes.columns(columns.filter((c) => c !== id)) },
  ];
}
