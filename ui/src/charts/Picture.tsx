import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTheme } from "../components/useTheme";
import { cutMiddle } from "../lib/format";
import type { Frame } from "./frame";
import { readInk } from "./ink";
import { type Drawing, type Target, paint } from "./marks";
import { useSize } from "./useSize";
import styles from "./Picture.module.css";

const NEAR = 10;

/** A drawing on a canvas. The pointer finds the nearest of its targets; a click picks it. */
export function Picture({
  draw,
  label,
  height,
  focus = null,
  onFocus,
  onPick,
}: {
  draw: (frame: Frame) => Drawing;
  /** What the picture shows, for those who cannot see it. */
  label: string;
  height: number;
  /** The run that is pointed at elsewhere. */
  focus?: string | null;
  onFocus?: (id: string | null) => void;
  onPick?: (id: string) => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [tip, setTip] = useState<Target | null>(null);
  const [ring, setRing] = useState<Target | null>(null);
  const { width } = useSize(holder);
  const { theme } = useTheme();

  useLayoutEffect(() => {
    const at = canvas.current;
    const ctx = at?.getContext("2d");
    if (!at || !ctx || !holder.current || !width) return;
    const made = draw({ width, height, ink: readInk(holder.current) });
    drawing.current = made;
    const ratio = devicePixelRatio;
    at.width = width * ratio;
    at.height = height * ratio;
    ctx.scale(ratio, ratio);
    paint(ctx, made.marks);
    // The theme changes the ink.
  }, [draw, width, height, theme]);
  useEffect(() => {
    setRing(focus ? (drawing.current?.targets.find((target) => target.id === focus) ?? null) : null);
  }, [focus, draw, width, height]);

  const follow = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const found = nearest(drawing.current?.targets ?? [], event.clientX - box.left, event.clientY - box.top);
    if (found === tip) return;
    setTip(found);
    onFocus?.(found?.id || null);
  };
  const leave = () => {
    setTip(null);
    onFocus?.(null);
  };
  const marked = tip ?? ring;
  return (
    <div
      ref={holder}
      className={styles.picture}
      style={{ height, cursor: tip?.id && onPick ? "pointer" : undefined }}
      role="img"
      aria-label={label}
      onPointerMove={follow}
      onPointerLeave={leave}
      onClick={() => tip?.id && onPick?.(tip.id)}
    >
      <canvas ref={canvas} style={{ width, height }} aria-hidden />
      {marked && <span className={styles.ring} style={ringStyle(marked)} />}
      {tip && (
        <div className={styles.tip} style={{ top: Math.max(0, Math.min(height - 70, tip.y - 20)), ...(tip.x > width / 2 ? { right: width - tip.x + 14 } : { left: tip.x + 14 }) }}>
          <strong>{cutMiddle(tip.title, 36)}</strong>
          {tip.rows.map(([name, value]) => (
            <span key={name}>
              {cutMiddle(name, 26)} <b>{cutMiddle(value, 24)}</b>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

function ringStyle({ x, y, box = [6, 6] }: Target): React.CSSProperties {
  return { left: x - box[0], top: y - box[1], width: 2 * box[0], height: 2 * box[1], borderRadius: box[0] === 6 ? "50%" : 3 };
}

function nearest(targets: readonly Target[], x: number, y: number): Target | null {
  let best: Target | null = null;
  let bestGap = NEAR;
  for (const target of targets) {
    const [w, h] = target.box ?? [0, 0];
    const gap = Math.hypot(Math.max(0, Math.abs(target.x - x) - w), Math.max(0, Math.abs(target.y - y) - h));
    // Of targets on one place the last one is drawn on top.
    if (gap <= bestGap) {
      best = target;
      bestGap = gap;
    }
  }
  return best;
}
