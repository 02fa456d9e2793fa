/** Text for numbers, times and names. Spaces inside a value are thin or non-breaking, so that it stays whole. */

const THIN = "\u2009";
const NBSP = "\u00a0";
const MINUS = "\u2212";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Groups the digits before the point by three: 12 345 678. Four digits stay together. */
function grouped(digits: string): string {
  if (digits.length < 5) return digits;
  return digits.replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** Four significant digits for tables; the full value is {@link exactNumber}. */
export function shortNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size >= 1e9 || size < 1e-4) return sign + exponent(size);
  if (Number.isInteger(value)) return sign + grouped(String(size));
  if (size >= 10000) return sign + grouped(String(Math.round(size)));
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  const [whole = "0", rest] = size.toFixed(Math.min(decimals, 7)).split(".");
  return sign + grouped(whole) + (rest ? `.${rest}` : "");
}

function exponent(size: number): string {
  const [mantissa = "0", power = "0"] = size.toExponential(3).split("e");
  const trimmed = mantissa.replace(/\.?0+$/, "");
  return `${trimmed}e${Number(power) < 0 ? MINUS : ""}${Math.abs(Number(power))}`;
}

/** A round number without zeros at its end: for axes, and for spreads with few digits. */
export function roundNumber(value: number, digits = 4): string {
  const text = shortNumber(Number(value.toPrecision(digits)));
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

const THOUSANDS = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A round number that is short enough for an axis: 250k, 1.5M. */
export function axisNumber(value: number): string {
  const size = Math.abs(value);
  const [unit, letter] = (size >= 10_000 && size < 1e15 ? THOUSANDS.find(([least]) => size >= least) : undefined) ?? [1, ""];
  return `${roundNumber(value / unit)}${letter}`;
}

/** Every digit, as a program would read it back. */
export function exactNumber(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

export function count(value: number): string {
  return grouped(String(Math.round(value)));
}

/** "1 run", "3 runs", "12 000 runs". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** 2 h 14 m; at most two units. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "";
  const units: [number, string][] = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "m"],
    [SECOND, "s"],
  ];
  const at = Math.max(0, ms);
  if (at < SECOND) return `${Math.round(at)}${NBSP}ms`;
  if (at < 10 * SECOND) return `${(at / SECOND).toFixed(1)}${NBSP}s`;
  const first = units.findIndex(([size]) => at >= size);
  const [size, unit] = units[first] as [number, string];
  const whole = Math.floor(at / size);
  const next = units[first + 1];
  if (!next) return `${whole}${NBSP}${unit}`;
  const rest = Math.floor((at - whole * size) / next[0]);
  return rest ? `${whole}${NBSP}${unit}${NBSP}${rest}${NBSP}${next[1]}` : `${whole}${NBSP}${unit}`;
}

const UNITS: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** The seconds of "90 m", "2 h 30 m" or "1.5 d"; empty is 0, and null what says no time. */
export function readDuration(text: string): number | null {
  const parts = [...text.matchAll(/([\d.]+)\s*(s|sec|m|min|h|d)(?![a-z])/gi)];
  if (parts.reduce((rest, [part]) => rest.replace(part, ""), text).trim() !== "") return null;
  const seconds = parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit.toLowerCase()] ?? NaN), 0);
  return Number.isFinite(seconds) ? seconds : null;
}

/** "just now", "3 min ago", "2 days ago", later a date. */
export function ago(timeMs: number | null | undefined, nowMs: number): string {
  if (!timeMs) return "";
  const age = nowMs - timeMs;
  if (age < 45 * SECOND) return age < -MINUTE ? shortDate(timeMs, nowMs) : "just now";
  if (age < HOUR) return `${Math.max(1, Math.round(age / MINUTE))}${NBSP}min ago`;
  if (age < DAY) return `${Math.round(age / HOUR)}${NBSP}h ago`;
  if (age < 14 * DAY) {
    const days = Math.round(age / DAY);
    return `${days}${NBSP}${days === 1 ? "day" : "days"} ago`;
  }
  return shortDate(timeMs, nowMs);
}

function shortDate(timeMs: number, nowMs: number): string {
  const date = new Date(timeMs);
  const sameYear = date.getFullYear() === new Date(nowMs).getFullYear();
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

/** Local time with its zone, and the same moment in UTC. */
export function exactTime(timeMs: number | null | undefined): string {
  if (!timeMs) return "";
  const date = new Date(timeMs);
  const local = date.toLocaleString("en-GB", {
    dateStyle: "medium",
    timeStyle: "medium",
  });
  return `${local} local, ${date.toISOString().replace("T", " ").slice(0, 19)} UTC`;
}

/** The day of a moment: `24 Feb 2027`. */
export function dayWord(timeMs: number): string {
  return new Date(timeMs).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** Powers of 1024, three digits: 1.25 GiB. */
export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let at = 0;
  let value = size;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  const text = at === 0 ? String(value) : value.toPrecision(value >= 1000 ? 4 : 3);
  return `${text}${NBSP}${units[at]}`;
}

/** Cuts a long name in the middle, where names differ least. Counts user-visible characters. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const parts = Array.from(text);
  if (parts.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  const tail = max - 1 - head;
  return `${parts.slice(0, head).join("")}…${parts.slice(parts.length - tail).join("")}`;
}
