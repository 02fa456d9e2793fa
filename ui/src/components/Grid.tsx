import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, Fragment, type ReactNode, type RefObject, memo, useEffect, useMemo, useRef, useState } from "react";
import { classes } from "../lib/classes";
import { GridHead } from "./GridHead";
import type { MenuEntry } from "./Menu";
import { useLatest } from "./useLatest";
import styles from "./Grid.module.css";

export interface GridColumn<Row> {
  id: string;
  title: string;
  /** Shown on hover of the head, and read aloud. */
  about?: string;
  width: number;
  /** Stays at the left while the others scroll. */
  isPinned?: boolean;
  isNumber?: boolean;
  /** Replaces the title's text, for a column that selects. */
  head?: ReactNode;
  cell: (row: Row, index: number) => ReactNode;
  sorted?: "ascending" | "descending" | undefined;
  onSort?: (() => void) | undefined;
  menu?: MenuEntry[];
}

export interface GridProps<Row> {
  label: string;
  rows: readonly Row[];
  /** All rows there are, where that is known; those not loaded yet are only counted. */
  total?: number | undefined;
  /** Rows above and below that are not in memory just now; the place of each is kept. */
  nBefore?: number;
  nAfter?: number;
  keyOf: (row: Row) => string;
  columns: readonly GridColumn<Row>[];
  /** Index of the row that the keyboard is at, those not in memory counted; -1: none. */
  cursor: number;
  isSelected: (row: Row) => boolean;
  onRowClick?: (row: Row, index: number) => void;
  /** The last loaded rows are near. */
  onNearEnd?: () => void;
  onNearStart?: () => void;
  /** None of the rows in sight is in memory; the index is that of the first. */
  onFar?: (index: number) => void;
  onResize?: (columnId: string, width: number) => void;
  /** Puts a column before another one. */
  onMove?: (columnId: string, beforeId: string) => void;
  foot?: ReactNode;
  /** Makes the table a tree. */
  depthOf?: ((row: Row) => number) | undefined;
}

export const GRID_ROW = 30;
const HEAD = 30;
const NEAR = 40;
const REST_MS = 120;
const MIN_WIDTH = 48;

/** A table of any length and width: only what is in sight is in the document. */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, cursor, keyOf, onNearEnd, onNearStart, onFar, nBefore = 0, nAfter = 0 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<{ id: string; width: number } | null>(null);
  const widthOf = (column: GridColumn<Row>) => (dragged?.id === column.id ? dragged.width : column.width);
  const pinned = columns.filter((column) => column.isPinned);
  const loose = columns.filter((column) => !column.isPinned);
  const pinnedWidth = pinned.reduce((sum, column) => sum + widthOf(column), 0);

  const vertical = useVirtualizer({
    count: nBefore + rows.length + nAfter,
    getScrollElement: () => scroller.current,
    estimateSize: () => GRID_ROW,
    overscan: 16,
    scrollPaddingStart: HEAD,
    useFlushSync: false,
  });
  const horizontal = useVirtualizer({
    horizontal: true,
    count: loose.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => widthOf(loose[at] as GridColumn<Row>),
    getItemKey: (at) => (loose[at] as GridColumn<Row>).id,
    overscan: 3,
    scrollPaddingStart: pinnedWidth,
    useFlushSync: false,
  });
  const widths = loose.map(widthOf).join();
  useEffect(() => horizontal.measure(), [horizontal, widths]);
  useEffect(() => {
    if (cursor >= 0) vertical.scrollToIndex(cursor);
  }, [vertical, cursor]);

  const visibleRows = vertical.getVirtualItems();
  const lastVisible = visibleRows.at(-1)?.index ?? 0;
  const firstVisible = visibleRows[0]?.index ?? 0;
  const end = nBefore + rows.length;
  useEffect(() => {
    if (!rows.length) return undefined;
    if (onFar && (lastVisible < nBefore || firstVisible >= end)) {
      // A scroll bar that is dragged passes many places; the one where it rests is meant.
      const timer = setTimeout(() => onFar(firstVisible), REST_MS);
      return () => clearTimeout(timer);
    }
    if (lastVisible > end - NEAR) onNearEnd?.();
    else if (nBefore > 0 && firstVisible < nBefore + NEAR) onNearStart?.();
    return undefined;
  }, [onNearEnd, onNearStart, onFar, firstVisible, lastVisible, rows.length, nBefore, end]);

  const visibleColumns = horizontal.getVirtualItems();
  const before = visibleColumns[0]?.start ?? 0;
  const firstShown = visibleColumns[0]?.index ?? 0;
  const lastShown = visibleColumns.at(-1)?.index ?? -1;
  const width = pinnedWidth + horizontal.getTotalSize();
  const placed = useMemo(
    () => placeColumns(columns, firstShown, lastShown, dragged),
    [columns, firstShown, lastShown, dragged],
  );
  const clickRow = useLatest(props.onRowClick);

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role={props.depthOf ? "treegrid" : "grid"}
      aria-label={props.label}
      aria-rowcount={(props.total ?? rows.length) + 1}
      aria-colcount={columns.length}
      tabIndex={0}
    >
      <div className={styles.canvas} style={{ width, minWidth: "100%", height: HEAD + vertical.getTotalSize() }}>
        <div className={styles.head} role="row" aria-rowindex={1} style={{ width, minWidth: "100%" }}>
          {placed.map((place, at) => (
            <Fragment key={place.column.id}>
              {at === pinned.length && <div style={{ flex: "none", width: before }} role="presentation" />}
              <GridHead
                column={place.column}
                aria-colindex={place.index}
                className={place.className}
                style={place.style}
                onWidth={(next) => setDragged({ id: place.column.id, width: Math.max(MIN_WIDTH, next) })}
                onWidthDone={() => {
                  if (dragged) props.onResize?.(dragged.id, dragged.width);
                  setDragged(null);
                }}
                onMove={props.onMove}
              />
            </Fragment>
          ))}
        </div>
        {visibleRows.map(({ index, start }) => {
          const row = rows[index - nBefore];
          if (row === undefined) return null;
          return (
            <GridRow
              key={keyOf(row)}
              row={row}
              index={index}
              top={HEAD + start}
              width={width}
              before={before}
              nPinned={pinned.length}
              placed={placed}
              isSelected={props.isSelected(row)}
              isHere={index === cursor}
              level={props.depthOf ? props.depthOf(row) + 1 : undefined}
              clickRow={clickRow}
            />
          );
        })}
      </div>
      {props.foot && <div className={styles.foot}>{props.foot}</div>}
    </div>
  );
}

interface PlacedColumn<Row> {
  column: GridColumn<Row>;
  /** One-based, among all columns. */
  index: number;
  className: string;
  style: CSSProperties;
}

/** The pinned columns, then those of the others that are in sight. */
function placeColumns<Row>(
  columns: readonly GridColumn<Row>[],
  first: number,
  last: number,
  dragged: { id: string; width: number } | null,
): PlacedColumn<Row>[] {
  const pinned = columns.filter((column) => column.isPinned);
  const loose = columns.filter((column) => !column.isPinned);
  let left = 0;
  return [...pinned, ...loose.slice(first, last + 1)].map((column) => {
    const width = dragged?.id === column.id ? dragged.width : column.width;
    const at = pinned.indexOf(column);
    const style = { width, ...(at >= 0 ? { left } : {}) };
    if (at >= 0) left += width;
    const className = classes(
      styles.cell,
      column.isNumber && styles.end,
      at >= 0 && styles.pinned,
      at >= 0 && at === pinned.length - 1 && styles.lastPinned,
    );
    return { column, index: columns.indexOf(column) + 1, className, style };
  });
}

interface GridRowProps<Row> {
  row: Row;
  index: number;
  top: number;
  width: number;
  before: number;
  nPinned: number;
  placed: readonly PlacedColumn<Row>[];
  isSelected: boolean;
  isHere: boolean;
  level: number | undefined;
  clickRow: RefObject<((row: Row, index: number) => void) | undefined>;
}

/** Drawn anew only when something of the row changes, so that scrolling costs the rows that come into sight. */
const GridRow = memo(function GridRow<Row>(props: GridRowProps<Row>) {
  const { row, index, placed, nPinned } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.isSelected}
      aria-level={props.level}
      className={classes(styles.row, props.isSelected && styles.selected, props.isHere && styles.cursor)}
      style={{ top: props.top, width: props.width, minWidth: "100%" }}
      onClick={() => props.clickRow.current?.(row, index)}
    >
      {placed.map((place, at) => (
        <Fragment key={place.column.id}>
          {at === nPinned && <div style={{ flex: "none", width: props.before }} role="presentation" />}
          <div role="gridcell" aria-colindex={place.index} className={place.className} style={place.style}>
            {place.column.cell(row, index)}
          </div>
        </Fragment>
      ))}
    </div>
  );
}) as <Row>(props: GridRowProps<Row>) => ReactNode;
