import { type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import { useLatest } from "../components/useLatest";

export interface Drop {
  /** The panel beside which it would be put; null: at the end of the section. */
  panel: string | null;
  side: "before" | "after";
  section: number;
}

const START = 4;

/** Dragging a panel by its name to a place beside another, or into a section. Escape lets it be. */
export function useBoardDrag(onDrop: (id: string, drop: Drop) => void) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [drop, setDrop] = useState<Drop | null>(null);
  const latest = useLatest(onDrop);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  const start = useCallback(
    (id: string, event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.preventDefault();
      let isMoving = false;
      let place: Drop | null = null;
      const onMove = (move: globalThis.PointerEvent) => {
        if (!isMoving && Math.hypot(move.clientX - event.clientX, move.clientY - event.clientY) < START) return;
        isMoving = true;
        setDragged(id);
        place = dropAt(move, id) ?? place;
        setDrop(place);
      };
      const end = () => {
        window.removeEventListener("pointermove", onMove);
        window.removeEventListener("pointerup", onUp);
        window.removeEventListener("keydown", onKey, true);
        stop.current = null;
        setDragged(null);
        setDrop(null);
      };
      const onUp = () => {
        end();
        if (isMoving && place) latest.current(id, place);
      };
      const onKey = (key: KeyboardEvent) => {
        if (key.key !== "Escape") return;
        key.stopPropagation();
        end();
      };
      window.addEventListener("pointermove", onMove);
      window.addEventListener("pointerup", onUp);
      window.addEventListener("keydown", onKey, true);
      stop.current = end;
    },
    [latest],
  );
  return { dragged, drop, start };
}

function dropAt(move: globalThis.PointerEvent, id: string): Drop | null {
  const under = document.elementFromPoint(move.clientX, move.clientY);
  const section = under?.closest<HTMLElement>("[data-section]");
  if (!section) return null;
  const at = Number(section.dataset.section);
  const panel = under?.closest<HTMLElement>("[data-panel]");
  if (!panel) return { panel: null, side: "after", section: at };
  if (panel.dataset.panel === id) return null;
  const box = panel.getBoundingClientRect();
  return { panel: panel.dataset.panel ?? null, side: move.clientX < box.left + box.width / 2 ? "before" : "after", section: at };
}
