import { ArrowDown, ArrowUp, ChevronDown } from "lucide-react";
import { type CSSProperties, type DragEvent, type PointerEvent, useRef, useState } from "react";
import { classes } from "../lib/classes";
import type { GridColumn } from "./Grid";
import { Menu } from "./Menu";
import styles from "./Grid.module.css";

const DRAG_TYPE = "application/x-column";

/** The head of a column: sorts on click, resizes at its edge, moves by dragging, and does all of it by its menu. */
export function GridHead<Row>({
  column,
  className,
  style,
  onWidth,
  onWidthDone,
  onMove,
  ...rest
}: {
  column: GridColumn<Row>;
  className: string;
  style: CSSProperties;
  "aria-colindex": number;
  onWidth: (width: number) => void;
  onWidthDone: () => void;
  onMove?: ((columnId: string, beforeId: string) => void) | undefined;
}) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const [isTarget, setTarget] = useState(false);

  const grip = {
    onPointerDown: (event: PointerEvent<HTMLSpanElement>) => {
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { x: event.clientX, width: column.width };
    },
    onPointerMove: (event: PointerEvent) => {
      if (start.current) onWidth(start.current.width + event.clientX - start.current.x);
    },
    onPointerUp: () => {
      start.current = null;
      onWidthDone();
    },
  };
  const drag = onMove && {
    draggable: true,
    onDragStart: (event: DragEvent) => event.dataTransfer.setData(DRAG_TYPE, column.id),
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
      event.preventDefault();
      setTarget(true);
    },
    onDragLeave: () => setTarget(false),
    onDrop: (event: DragEvent) => {
      setTarget(false);
      const moved = event.dataTransfer.getData(DRAG_TYPE);
      if (moved && moved !== column.id) onMove(moved, column.id);
    },
  };
  return (
    <div
      role="columnheader"
      {...rest}
      {...(column.onSort ? { "aria-sort": column.sorted ?? "none" } : {})}
      className={classes(className, styles.headCell, column.sorted && styles.sorted, isTarget && styles.dropBefore)}
      style={style}
    >
      {column.head ?? (column.title && (
        <button
          type="button"
          className={styles.word}
          title={column.about ?? column.title}
          onClick={column.onSort}
          {...drag}
        >
          <span>{column.title}</span>
          {column.sorted === "ascending" && <ArrowUp size={11} aria-hidden />}
          {column.sorted === "descending" && <ArrowDown size={11} aria-hidden />}
        </button>
      ))}
      {column.menu && (
        <Menu
          align="end"
          entries={column.menu}
          trigger={
            <button type="button" className={styles.menu} aria-label={`Column ${column.title}`}>
              <ChevronDown size={12} />
            </button>
          }
        />
      )}
      {!column.head && <span className={styles.grip} aria-hidden {...grip} />}
    </div>
  );
}
