import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { classes } from "../lib/classes";
import { GridHead } from "./GridHead";
import type { MenuEntry } from "./Menu";
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
  keyOf: (row: Row) => string;
  columns: readonly GridColumn<Row>[];
  /** Index of the row that the keyboard is at; -1: none. */
  cursor: number;
  isSelected: (row: Row) => boolean;
  onRowClick?: (row: Row, index: number) => void;
  /** The last loaded rows are near. */
  onNearEnd?: () => void;
  onResize?: (columnId: string, width: number) => void;
  /** Puts a column before another one. */
  onMove?: (columnId: string, beforeId: string) => void;
  foot?: ReactNode;
  depthOf?: (row: Row) => number;
}

export const GRID_ROW = 30;
const HEAD = 30;
const NEAR = 40;
const MIN_WIDTH = 48;

/** A table of any length and width: only what is in sight is in the document. */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, cursor, keyOf, onNearEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<{ id: string; width: number } | null>(null);
  const widthOf = (column: GridColumn<Row>) => (dragged?.id === column.id ? dragged.width : column.width);
  const pinned = columns.filter((column) => column.isPinned);
  const loose = columns.filter((column) => !column.isPinned);
  const pinnedWidth = pinned.reduce((sum, column) => sum + widthOf(column), 0);

  const vertical = useVirtualizer({
    count: rows.length,
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
  useEffect(() => {
    if (onNearEnd && rows.length && lastVisible > rows.length - NEAR) onNearEnd();
  }, [onNearEnd, lastVisible, rows.length]);

  const visibleColumns = horizontal.getVirtualItems();
  const before = visibleColumns[0]?.start ?? 0;
  const shown = visibleColumns.flatMap(({ index }) => loose[index] ?? []);
  const width = pinnedWidth + horizontal.getTotalSize();
  const offsets = useMemo(() => {
    let left = 0;
    return pinned.map((column) => {
      const at = left;
      left += dragged?.id === column.id ? dragged.width : column.width;
      return at;
    });
  }, [pinned, dragged]);

  const place = (column: GridColumn<Row>) => {
    const at = pinned.indexOf(column);
    return {
      className: classes(
        styles.cell,
        column.isNumber && styles.end,
        at >= 0 && styles.pinned,
        at >= 0 && at === pinned.length - 1 && styles.lastPinned,
      ),
      style: { width: widthOf(column), ...(at >= 0 ? { left: offsets[at] } : {}) },
      "aria-colindex": columns.indexOf(column) + 1,
    };
  };

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={(props.total ?? rows.length) + 1}
      aria-colcount={columns.length}
      tabIndex={0}
    >
      <div className={styles.canvas} style={{ width, minWidth: "100%", height: HEAD + vertical.getTotalSize() }}>
        <div className={styles.head} role="row" aria-rowindex={1} style={{ width, minWidth: "100%" }}>
          {[...pinned, null, ...shown].map((column) =>
            column ? (
              <GridHead
                key={column.id}
                column={column}
                {...place(column)}
                onWidth={(next) => setDragged({ id: column.id, width: Math.max(MIN_WIDTH, next) })}
                onWidthDone={() => {
                  if (dragged) props.onResize?.(dragged.id, dragged.width);
                  setDragged(null);
                }}
                onMove={props.onMove}
              />
            ) : (
              <div key="" style={{ flex: "none", width: before }} />
            ),
          )}
        </div>
        {visibleRows.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const isSelected = props.isSelected(row);
          return (
            <div
              key={keyOf(row)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isSelected}
              {...(props.depthOf ? { "aria-level": props.depthOf(row) + 1 } : {})}
              className={classes(styles.row, isSelected && styles.selected, index === cursor && styles.cursor)}
              style={{ top: HEAD + start, width, minWidth: "100%" }}
              onClick={() => props.onRowClick?.(row, index)}
            >
              {pinned.map((column) => (
                <div key={column.id} role="gridcell" {...place(column)}>
                  {column.cell(row, index)}
                </div>
              ))}
              <div style={{ flex: "none", width: before }} role="presentation" />
              {shown.map((column) => (
                <div key={column.id} role="gridcell" {...place(column)}>
                  {column.cell(row, index)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {props.foot && <div className={styles.foot}>{props.foot}</div>}
    </div>
  );
}
