/** Scales for drawings that are not series: numbers, numbers by powers of ten, and names. */

export interface Scale {
  /** 0 to 1; NaN for a value that has no place. */
  place: (value: string | number | null | undefined) => number;
  /** The number at a place; NaN for names. */
  value: (at: number) => number;
  ticks: { at: number; label: string }[];
  kind: "number" | "log" | "names";
  /** In their order, if the scale is one of names. */
  names: readonly string[];
}

const MOST_NAMES = 40;

/** Numbers above this many times the least look crowded on a scale that is not of powers of ten. */
const WIDE = 100;

/**
 * Numbers when all values are, else names.
 *
 * @param isLog by powers of ten, over the values that have a place there; absent: where they span more than two and none is <= 0
 */
export function makeScale(values: readonly (string | number | null | undefined)[], label: (value: number) => string, isLog?: boolean): Scale {
  const present = values.filter((v): v is string | number => v !== null && v !== undefined && v !== "");
  const numbers = present.map(Number);
  const isNumeric = present.length > 0 && numbers.every((v, at) => !Number.isNaN(v) || typeof present[at] === "number");
  if (!isNumeric) return nameScale(present.map(String));
  const finite = numbers.filter((v) => Number.isFinite(v) && (!isLog || v > 0));
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return rangeScale(low, high, isLog ?? high / low > WIDE, label);
}

/** Numbers between bounds that are known; by powers of ten where that is asked for and can be. */
export function rangeScale(low: number, high: number, isLog: boolean, label: (value: number) => string): Scale {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return numberScale(0, 1, label);
  return isLog && low > 0 ? logScale(low, high, label) : numberScale(low, high, label);
}

function nameScale(all: readonly string[]): Scale {
  const names = [...new Set(all)].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const at = (index: number) => (names.length === 1 ? 0.5 : index / (names.length - 1));
  const places = new Map(names.map((name, index) => [name, at(index)]));
  const every = Math.ceil(names.length / MOST_NAMES);
  return {
    kind: "names",
    names,
    place: (value) => (value === null || value === undefined ? Number.NaN : (places.get(String(value)) ?? Number.NaN)),
    value: () => Number.NaN,
    ticks: names.map((name, index) => ({ at: at(index), label: name })).filter((_, index) => index % every === 0),
  };
}

function toNumber(value: string | number | null | undefined): number {
  return value === null || value === undefined || value === "" ? Number.NaN : Number(value);
}

function numberScale(low: number, high: number, label: (value: number) => string): Scale {
  const [start, end] = low === high ? [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2] : [low, high];
  return {
    kind: "number",
    names: [],
    place: (value) => (toNumber(value) - start) / (end - start),
    value: (at) => start + at * (end - start),
    ticks: niceTicks(start, end, 4).map((value) => ({ at: (value - start) / (end - start), label: label(value) })),
  };
}

function logScale(low: number, high: number, label: (value: number) => string): Scale {
  const [first, last] = [Math.log10(low), Math.log10(high)];
  const [start, end] = first === last ? [first - 0.5, last + 0.5] : [first, last];
  const powers: number[] = [];
  for (let power = Math.ceil(start - 1e-9); power <= end + 1e-9; power++) powers.push(power);
  // Within less than a power of ten, round numbers say more.
  const values = powers.length > 1 ? powers.map((power) => Number(`1e${power}`)) : niceTicks(10 ** start, 10 ** end, 4).filter((v) => v > 0);
  return {
    kind: "log",
    names: [],
    place: (value) => (Math.log10(toNumber(value)) - start) / (end - start),
    value: (at) => 10 ** (start + at * (end - start)),
    ticks: values.map((value) => ({ at: (Math.log10(value) - start) / (end - start), label: label(value) })),
  };
}

/** About `n` round numbers within the bounds. */
export function niceTicks(start: number, end: number, n: number): number[] {
  if (!(end > start)) return Number.isFinite(start) ? [start] : [];
  const rough = (end - start) / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(start / step - 1e-9); at * step <= end + step * 1e-9; at++) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}
