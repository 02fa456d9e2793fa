/** Ticks of the y axis of lines: round numbers, or powers of ten. */
import { niceTicks } from "../lib/scale";

/** At each edge, as a share of what is between. */
const ROOM = 0.06;

/** Bounds with some room, so that no line lies on the frame. */
export function padded(min: number, max: number): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  if (min === max) return [min - (Math.abs(min) || 1) * 0.1, max + (Math.abs(max) || 1) * 0.1];
  const room = (max - min) * ROOM;
  return [min - room, max + room];
}

/** Bounds of a scale of powers of ten. */
export function paddedLog(min: number, max: number): [number, number] {
  if (!(min > 0) || !Number.isFinite(max)) return [0.1, 1];
  if (min === max) return [min / 2, max * 2];
  const [low, high] = [Math.log10(min), Math.log10(max)];
  const room = Math.min(1, (high - low) * ROOM);
  // Below the least number there is no room to leave.
  return [10 ** Math.max(-307, low - room), 10 ** Math.min(308, high + room)];
}

/** Powers of ten, every few of them where there are many; round numbers within less than two of them. */
export function logTicks(min: number, max: number, most: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)];
  const nPowers = last - first + 1;
  if (nPowers < 2) return niceTicks(min, max, most).filter((value) => value > 0);
  const every = Math.ceil(nPowers / Math.max(2, most));
  const powers = Array.from({ length: nPowers }, (_, at) => first + at).filter((power) => power % every === 0);
  if (nPowers > most / 2) return powers.map((power) => Number(`1e${power}`));
  // A few powers leave room for steps between them.
  const steps = nPowers * 3 <= most ? [1, 2, 5] : [1, 3];
  const all = Array.from({ length: nPowers + 1 }, (_, at) => first - 1 + at).flatMap((power) => steps.map((step) => Number(`${step}e${power}`)));
  return all.filter((value) => value >= min && value <= max);
}
