import { ArrowLeft, ArrowRight, GripVertical, Maximize2, Minimize2, MoreHorizontal, Pencil, Rows3, Trash2 } from "lucide-react";
import { type PointerEvent, type ReactNode, type Ref, useRef, useState } from "react";
import { type Saving, savingEntries } from "../charts/saving";
import { IconButton } from "../components/Button";
import { Menu, type MenuEntry } from "../components/Menu";
import { useNotes } from "../components/Toasts";
import { classes } from "../lib/classes";
import { HEIGHTS, MOST_COLUMNS, type Panel } from "../lib/layout";
import styles from "./ChartBoard.module.css";

/** What can be done to a panel of the board. */
export interface PanelControls {
  panel: Panel;
  /** Columns of the board; a panel is no wider. */
  nColumns: number;
  isBig: boolean;
  onBig: () => void;
  onChange: (patch: Partial<Panel>) => void;
  onRemove: () => void;
  onNudge: (by: 1 | -1) => void;
  onDragStart: (event: PointerEvent<HTMLElement>) => void;
  /** On which side a panel that is dragged would be dropped. */
  dropSide: "before" | "after" | null;
  isDragged: boolean;
}

/** A chart with its name, its menu and its handles. */
export function PanelFrame({
  controls,
  title,
  saving,
  height,
  extra = [],
  tools,
  ref,
  children,
}: {
  controls: PanelControls;
  /** What it shows, where nobody gave it a name. */
  title: string;
  saving: Saving | null;
  /** Of the chart, without the head. */
  height: number;
  extra?: MenuEntry[];
  /** Beside its menu. */
  tools?: ReactNode;
  ref?: Ref<HTMLElement>;
  children: (height: number) => ReactNode;
}) {
  const { panel, nColumns, isBig, onChange } = controls;
  const holder = useRef<HTMLElement | null>(null);
  const notes = useNotes();
  const [isNaming, setNaming] = useState(false);
  const [size, setSize] = useState<{ w: number; h: number } | null>(null);
  const name = panel.name || title;
  const w = Math.min(size?.w ?? panel.w, nColumns);
  const h = size?.h ?? height;
  const set = (node: HTMLElement | null) => {
    holder.current = node;
    if (typeof ref === "function") ref(node);
    else if (ref) ref.current = node;
  };
  const resize = (event: PointerEvent<HTMLElement>) => {
    const box = holder.current?.getBoundingClientRect();
    if (!box) return;
    event.preventDefault();
    const column = box.width / w;
    const sizeAt = (move: globalThis.PointerEvent) => ({
      w: Math.min(nColumns, MOST_COLUMNS, Math.max(1, Math.round((box.width + move.clientX - event.clientX) / column))),
      h: Math.min(HEIGHTS.most, Math.max(HEIGHTS.least, Math.round((height + move.clientY - event.clientY) / HEIGHTS.step) * HEIGHTS.step)),
    });
    const onMove = (move: globalThis.PointerEvent) => setSize(sizeAt(move));
    const onUp = (up: globalThis.PointerEvent) => {
      window.removeEventListener("pointermove", onMove);
      setSize(null);
      const next = sizeAt(up);
      if (next.w !== w || next.h !== height) onChange(next);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp, { once: true });
  };
  const entries: MenuEntry[] = [
    ...extra,
    ...(extra.length ? ["line" as const] : []),
    ...(saving ? [...savingEntries({ ...saving, name }, () => holder.current, notes), "line" as const] : []),
    { label: "Rename", icon: <Pencil size={14} />, onSelect: () => setNaming(true) },
    { label: "Move back", icon: <ArrowLeft size={14} />, onSelect: () => controls.onNudge(-1) },
    { label: "Move on", icon: <ArrowRight size={14} />, onSelect: () => controls.onNudge(1) },
    { label: "Wider", icon: <Rows3 size={14} />, disabled: w >= nColumns, onSelect: () => onChange({ w: w + 1 }) },
    { label: "Narrower", icon: <Rows3 size={14} />, disabled: w <= 1, onSelect: () => onChange({ w: w - 1 }) },
    { label: "Taller", icon: <Rows3 size={14} />, disabled: height >= HEIGHTS.most, onSelect: () => onChange({ h: Math.min(HEIGHTS.most, height + 60) }) },
    { label: "Lower", icon: <Rows3 size={14} />, disabled: height <= HEIGHTS.least, onSelect: () => onChange({ h: Math.max(HEIGHTS.least, height - 60) }) },
    "line",
    { label: "Remove", icon: <Trash2 size={14} />, onSelect: controls.onRemove },
  ];
  return (
    <figure
      ref={set}
      data-panel={panel.id}
      className={classes(styles.chart, isBig && styles.big, controls.isDragged && styles.dragged, controls.dropSide === "before" && styles.before, controls.dropSide === "after" && styles.after)}
      style={isBig ? undefined : { gridColumn: `span ${w}` }}
    >
      <figcaption className={styles.head}>
        {isNaming ? (
          <NameInput
            value={name}
            onDone={(next) => {
              setNaming(false);
              if (next !== null && next !== name) onChange({ name: next === title ? "" : next });
            }}
          />
        ) : (
          <span className={styles.title} title={`${name}\nDrag to move`} onPointerDown={controls.onDragStart} onDoubleClick={() => setNaming(true)}>
            {name}
          </span>
        )}
        <span className={styles.tail}>
          <span className={styles.grip} onPointerDown={controls.onDragStart} aria-hidden>
            <GripVertical size={13} />
          </span>
          {tools}
          <IconButton small label={isBig ? "Make small" : "Make large"} onClick={controls.onBig}>
            {isBig ? <Minimize2 size={13} /> : <Maximize2 size={13} />}
          </IconButton>
          <Menu
            align="end"
            trigger={
              <IconButton small label={`Menu of the chart ${name}`}>
                <MoreHorizontal size={13} />
              </IconButton>
            }
            entries={entries}
          />
        </span>
      </figcaption>
      {children(h)}
      {!isBig && <span className={styles.corner} onPointerDown={resize} aria-hidden />}
    </figure>
  );
}

/** A name that is edited in its place: Enter keeps it, Escape does not. */
export function NameInput({ value, onDone }: { value: string; onDone: (name: string | null) => void }) {
  return (
    <input
      className={styles.nameInput}
      aria-label="Name"
      defaultValue={value}
      maxLength={120}
      autoFocus
      onFocus={(event) => event.target.select()}
      onBlur={(event) => onDone(event.target.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") onDone(null);
      }}
    />
  );
}
