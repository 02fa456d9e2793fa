import { ArrowDown, ArrowUp, ChevronRight, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "../components/Button";
import { Menu } from "../components/Menu";
import { classes } from "../lib/classes";
import { plural } from "../lib/format";
import type { Section } from "../lib/layout";
import { NameInput } from "./PanelFrame";
import styles from "./ChartBoard.module.css";

/** Panels under a name; closed, they cost nothing. */
export function BoardSection({
  section,
  at,
  isOwn,
  isLast,
  isDropTarget,
  onChange,
  onMove,
  onRemove,
  children,
}: {
  section: Section;
  at: number;
  /** Somebody laid the board out; the automatic one needs no handles. */
  isOwn: boolean;
  isLast: boolean;
  isDropTarget: boolean;
  onChange: (patch: Partial<Section>) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
  children: ReactNode;
}) {
  const [isNaming, setNaming] = useState(false);
  const hasHead = section.name !== "" || isOwn;
  const name = section.name || "Charts";
  return (
    <section className={classes(styles.section, isDropTarget && styles.dropHere)} data-section={at}>
      {hasHead && (
        <div className={styles.sectionHead}>
          <button type="button" className={classes(styles.twist, !section.isClosed && styles.open)} aria-expanded={!section.isClosed} aria-label={`${section.isClosed ? "Open" : "Close"} ${name}`} onClick={() => onChange({ isClosed: !section.isClosed })}>
            <ChevronRight size={13} />
          </button>
          {isNaming ? (
            <NameInput
              value={section.name}
              onDone={(next) => {
                setNaming(false);
                if (next && next !== section.name) onChange({ name: next });
              }}
            />
          ) : (
            <h2 onDoubleClick={() => setNaming(true)}>{name}</h2>
          )}
          {section.isClosed && <span className={styles.hidden}>{plural(section.panels.length, "chart")}</span>}
          {isOwn && (
            <span className={styles.tail}>
              <Menu
                trigger={
                  <IconButton small label={`Menu of the section ${name}`}>
                    <MoreHorizontal size={13} />
                  </IconButton>
                }
                entries={[
                  { label: "Rename", icon: <Pencil size={14} />, onSelect: () => setNaming(true) },
                  { label: "Move up", icon: <ArrowUp size={14} />, disabled: at === 0, onSelect: () => onMove(-1) },
                  { label: "Move down", icon: <ArrowDown size={14} />, disabled: isLast, onSelect: () => onMove(1) },
                  "line",
                  { label: `Remove with ${plural(section.panels.length, "chart")}`, icon: <Trash2 size={14} />, onSelect: onRemove },
                ]}
              />
            </span>
          )}
        </div>
      )}
      {!section.isClosed && <div className={styles.grid}>{children}</div>}
      {!section.isClosed && isOwn && !section.panels.length && <p className={styles.emptySection}>Drag charts here.</p>}
    </section>
  );
}
