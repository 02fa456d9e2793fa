/** Where the pointer is among the lines, and what it does to them. */
import type { RefObject } from "react";
import type uPlot from "uplot";
import { type Drawn, keyOf } from "./drawn";

/** A point of a line, and where it stands in the picture. */
export interface Tip {
  key: string;
  id: string;
  left: number;
  top: number;
  x: number;
  y: number;
}

/** What happens at a gesture. */
export interface Answers {
  onRange?: ((range: [number, number] | null) => void) | undefined;
  onFocus?: ((id: string | null) => void) | undefined;
  onPick?: ((id: string) => void) | undefined;
  tip: Tip | null;
  setTip: (tip: Tip | null) => void;
  setPin: (tip: Tip | null) => void;
}

export const NEAR = 24;
const PAN_START = 3;
/** Points are looked for so many places away. */
const FAR = 400;

/** Finds the line nearest to the pointer, and says so. Crosshairs of other charts move without a pointer over them. */
export function follow(u: uPlot, drawn: Drawn, answers: Answers): void {
  const { left = -1, top = -1 } = u.cursor;
  if (left < 0 || !u.over.matches(":hover")) {
    answers.setTip(null);
    return;
  }
  const x = u.posToVal(left, "x");
  let best: Tip | null = null;
  let bestGap = NEAR;
  for (const [at, { look, line }] of drawn.series.entries()) {
    if (look !== "main") continue;
    const column = u.data[at + 1] as (number | null | undefined)[];
    const place = nearestPlace(u.data[0], column, x);
    if (place < 0) continue;
    const y = column[place] as number;
    const [px, py] = [u.valToPos(u.data[0][place] as number, "x"), u.valToPos(y, "y")];
    const gap = Math.abs(py - top) + Math.max(0, Math.abs(px - left) - 30);
    if (gap >= bestGap) continue;
    bestGap = gap;
    best = { key: keyOf(line), id: line.id, left: u.over.offsetLeft + px, top: u.over.offsetTop + py, x: u.data[0][place] as number, y: y * drawn.unit };
  }
  answers.setTip(best);
  answers.onFocus?.(best?.id ?? null);
}

/** The place nearest to x at which the column has a number; -1 if none is near. */
function nearestPlace(xs: ArrayLike<number>, column: readonly (number | null | undefined)[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  for (let away = 0; away < FAR; away++) {
    const [after, before] = [low + away, low - away - 1];
    if (typeof column[before] === "number" && (typeof column[after] !== "number" || x - (xs[before] as number) < (xs[after] as number) - x)) return before;
    if (typeof column[after] === "number") return after;
  }
  return -1;
}

/** Shift-drag pans, a click pins and picks, a double click shows all. */
export function listenToGestures(u: uPlot, latest: RefObject<Answers>): () => void {
  const { over } = u;
  let downAt = 0;
  const onDown = (event: PointerEvent) => {
    downAt = event.clientX;
    if (!event.shiftKey) return;
    event.stopImmediatePropagation();
    const { min = 0, max = 1 } = u.scales.x as { min?: number; max?: number };
    const perPixel = (max - min) / over.clientWidth;
    const onMove = (move: PointerEvent) => {
      const by = (event.clientX - move.clientX) * perPixel;
      if (Math.abs(event.clientX - move.clientX) > PAN_START) latest.current.onRange?.([min + by, max + by]);
    };
    const onUp = () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
  };
  const stopDrag = (event: MouseEvent) => {
    if (event.shiftKey) event.stopImmediatePropagation();
  };
  const onDouble = () => latest.current.onRange?.(null);
  const onClick = (event: MouseEvent) => {
    // The end of a drag is no click.
    if (event.shiftKey || Math.abs(event.clientX - downAt) > PAN_START) return;
    const { tip, setPin, onPick } = latest.current;
    setPin(tip);
    if (tip) onPick?.(tip.id);
  };
  const onLeave = () => {
    latest.current.setTip(null);
    latest.current.onFocus?.(null);
  };
  over.addEventListener("pointerdown", onDown);
  over.addEventListener("mousedown", stopDrag, true);
  over.addEventListener("dblclick", onDouble);
  over.addEventListener("click", onClick);
  over.addEventListener("mouseleave", onLeave);
  return () => {
    over.removeEventListener("pointerdown", onDown);
    over.removeEventListener("mousedown", stopDrag, true);
    over.removeEventListener("dblclick", onDouble);
    over.removeEventListener("click", onClick);
    over.removeEventListener("mouseleave", onLeave);
  };
}
