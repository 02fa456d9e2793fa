import { useRef } from "react";
import { exactNumber, roundNumber } from "../lib/format";
import { makeScale } from "../lib/scale";
import { useSize } from "./useSize";
import styles from "./drawings.module.css";

export interface ScatterPoint {
  id: string;
  label: string;
  x: string | number | null;
  y: number | null;
  colour: string;
  /** Faint points are there, but not what the reader looks at. */
  isFaint?: boolean;
}

const EDGE = { top: 10, right: 20, bottom: 44, left: 60 };

/** Points on two axes; an axis of names shows each name's points in a column of their own. */
export function ScatterPlot({
  points,
  xLabel,
  yLabel,
  height = 440,
  onPick,
}: {
  points: ScatterPoint[];
  xLabel: string;
  yLabel: string;
  height?: number;
  onPick: (id: string) => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const { width } = useSize(holder);
  const xs = makeScale(points.map((p) => p.x), roundNumber);
  const ys = makeScale(points.map((p) => p.y), roundNumber);
  const across = Math.max(10, width - EDGE.left - EDGE.right);
  const down = height - EDGE.top - EDGE.bottom;
  const room = xs.kind === "names" ? 0.08 : 0.02;
  const px = (at: number) => EDGE.left + across * (room + at * (1 - 2 * room));
  const py = (at: number) => EDGE.top + down * (1 - (0.03 + at * 0.94));
  return (
    <div ref={holder} style={{ height }}>
      {width > 0 && (
        <svg className={styles.svg} width={width} height={height} role="group" aria-label={`${yLabel} over ${xLabel}, ${points.length} runs`}>
          {ys.ticks.map(({ at, label }) => (
            <g key={label}>
              <line className={styles.grid} x1={EDGE.left} x2={width - EDGE.right} y1={py(at)} y2={py(at)} />
              <text x={EDGE.left - 8} y={py(at) + 4} textAnchor="end">
                {label}
              </text>
            </g>
          ))}
          {xs.ticks.map(({ at, label }) => (
            <text key={label} x={px(at)} y={height - EDGE.bottom + 18} textAnchor="middle">
              {label.slice(0, 18)}
            </text>
          ))}
          <text className={styles.name} x={EDGE.left + across / 2} y={height - 6} textAnchor="middle">
            {xLabel}
          </text>
          {points.map((point, at) => {
            const [x, y] = [xs.place(point.x), ys.place(point.y)];
            if (!Number.isFinite(x) || !Number.isFinite(y) || point.y === null) return null;
            const jitter = xs.kind === "names" ? (((at * 7919) % 100) / 100 - 0.5) * Math.min(36, (across / xs.ticks.length) * 0.4) : 0;
            return (
              <circle
                key={point.id}
                className={styles.dot}
                cx={px(x) + jitter}
                cy={py(y)}
                r={point.isFaint ? 3.5 : 5}
                fill={point.colour}
                opacity={point.isFaint ? 0.55 : 1}
                tabIndex={-1}
                onClick={() => onPick(point.id)}
              >
                <title>{`${point.label}\n${xLabel}: ${point.x}\n${yLabel}: ${exactNumber(point.y)}`}</title>
              </circle>
            );
          })}
        </svg>
      )}
    </div>
  );
}
