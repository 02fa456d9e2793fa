import { Link } from "@tanstack/react-router";
import { type MouseEvent, useMemo } from "react";
import type { AliasMove } from "../../api/registry/model";
import type { Lane } from "../../lib/aliasTime";
import { exactTime } from "../../lib/format";
import styles from "./AliasTimeline.module.css";

const MINUTE = 60_000;
const TICKS = 6;
/** Shorter stretches, in percent, have no room for their version's number. */
const ROOM = 3;

/** One lane an alias: which version it was, from its first move until now. */
export function AliasTimeline({
  name,
  lanes,
  moves,
  nowMs,
  atMs,
  onDay,
}: {
  name: string;
  lanes: readonly Lane[];
  moves: readonly AliasMove[];
  nowMs: number;
  /** A moment that is asked about. */
  atMs: number | null;
  onDay: (ms: number) => void;
}) {
  const fromMs = useMemo(() => Math.min(...moves.map((move) => move.timeMs)), [moves]);
  const length = Math.max(nowMs - fromMs, MINUTE) * 1.02;
  const place = (ms: number) => Math.min(100, Math.max(0, ((ms - fromMs) / length) * 100));
  const pick = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onDay(fromMs + ((event.clientX - box.left) / box.width) * length);
  };
  return (
    <div className={styles.chart}>
      <div className={styles.names} aria-hidden>
        {lanes.map(({ alias }) => (
          <span key={alias} title={alias}>
            {alias}
          </span>
        ))}
      </div>
      <div className={styles.lanes} onClick={pick}>
        {lanes.map(({ alias, spans }) => (
          <ol key={alias} className={styles.lane} aria-label={`${alias} over time`}>
            {spans.map(({ version, fromMs: start, toMs }) => {
              const left = place(start);
              const width = place(toMs ?? nowMs) - left;
              const says = `${alias} was version ${version}\nfrom ${exactTime(start)}\n${toMs === null ? "until now" : `to ${exactTime(toMs)}`}`;
              return (
                <li key={start} style={{ left: `${left}%`, width: `max(3px, calc(${width}% - 2px))` }} className={toMs === null ? styles.now : undefined}>
                  <Link
                    to="/models/$name/$version"
                    params={{ name, version: String(version) }}
                    title={says}
                    aria-label={says}
                    onClick={(event) => event.stopPropagation()}
                  >
                    {width > ROOM && `v${version}`}
                  </Link>
                </li>
              );
            })}
          </ol>
        ))}
        {atMs !== null && atMs >= fromMs && <span className={styles.at} style={{ left: `${place(atMs)}%` }} aria-hidden />}
      </div>
      <div className={styles.axis} aria-hidden>
        {ticks(fromMs, fromMs + length).map(({ ms, word }) => (
          <span key={ms} style={{ left: `${place(ms)}%` }}>
            {word}
          </span>
        ))}
      </div>
    </div>
  );
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 182 * DAY, 365 * DAY];

function ticks(fromMs: number, toMs: number): { ms: number; word: string }[] {
  const step = STEPS.find((size) => (toMs - fromMs) / size <= TICKS) ?? 730 * DAY;
  const offset = new Date(fromMs).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((fromMs - offset) / step) * step + offset;
  const found = [];
  for (let ms = first; ms < toMs; ms += step) {
    const date = new Date(ms);
    const word =
      step < DAY
        ? date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
        : date.toLocaleDateString("en-GB", step > 300 * DAY ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" });
    found.push({ ms, word });
  }
  return found;
}
