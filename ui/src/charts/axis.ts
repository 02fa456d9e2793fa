/** Words for places on an x axis. */
import { axisNumber, duration, exactTime, shortNumber } from "../lib/format";

/** Steps; ms since the start of the run; seconds of Unix time (as uPlot has it); another metric's value. */
export type AxisKind = "step" | "relative" | "wall" | "metric";

export function axisTick(value: number, axis: AxisKind, ticks: readonly (number | null)[]): string {
  if (axis === "relative") return duration(value);
  if (axis === "wall") return wallTick(value, ticks);
  return axisNumber(value);
}

function wallTick(seconds: number, ticks: readonly (number | null)[]): string {
  const [first, last] = [ticks[0] ?? seconds, ticks.at(-1) ?? seconds];
  const date = new Date(seconds * 1000);
  const isLong = last - first > 86_400;
  return isLong
    ? date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })
    : date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

export function axisValue(value: number, axis: AxisKind): string {
  switch (axis) {
    case "relative":
      return `after ${duration(value)}`;
    case "wall":
      return exactTime(value * 1000);
    case "metric":
      return `at ${shortNumber(value)}`;
    case "step":
      return `step ${shortNumber(Math.round(value))}`;
  }
}

/** What a point has beside its place on the axis: its time where the axis is steps, else its step. */
export function otherValue(value: number, axis: AxisKind): string {
  return axis === "step" ? new Date(value).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }) : axisValue(value, "step");
}
