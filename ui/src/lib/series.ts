/** Shapes of series for drawing: smoothing, mean and band of a group. */

/**
 * Exponential smoothing without the bias of the first point: a weighted mean whose weights fall off by the
 * distance in x, so that uneven steps are smoothed evenly. NaN stays NaN and does not enter the mean.
 *
 * @param weight 0 (none) to 0.999; the weight of a neighbour one mean step away
 */
export function smooth(xs: ArrayLike<number>, ys: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0 || ys.length < 2) return [...ys];
  const span = (xs[xs.length - 1] as number) - (xs[0] as number);
  const meanStep = span > 0 ? span / (ys.length - 1) : 1;
  let total = 0;
  let norm = 0;
  let previous: number | null = null;
  return ys.map((y, i) => {
    const x = xs[i] as number;
    if (y === null || !Number.isFinite(y)) return y;
    const keep = previous === null ? 0 : weight ** Math.max(0, (x - previous) / meanStep);
    total = total * keep + y;
    norm = norm * keep + 1;
    previous = x;
    return total / norm;
  });
}

/** The value at x on the line through the points, or NaN outside of them. */
export function interpolate(xs: ArrayLike<number>, ys: readonly (number | null)[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  if (high < 0 || x < (xs[0] as number) || x > (xs[high] as number)) return Number.NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [xs[low] as number, xs[high] as number, ys[low], ys[high]];
  // Beside a gap, a point still has its own number.
  if (x === x0 && typeof y0 === "number") return y0;
  if (x === x1 && typeof y1 === "number") return y1;
  if (y0 === null || y0 === undefined || y1 === null || y1 === undefined) return Number.NaN;
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

export interface Band {
  x: number[];
  mean: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  /** How many lines the mean is of. */
  n: number[];
  /** The mean of what the lines have beside x. */
  other: (number | null)[];
}

interface Member {
  x: ArrayLike<number>;
  y: readonly (number | null)[];
  other?: readonly number[];
}

/** Mean and one standard deviation each way over several lines, at most at so many places: those of the lines if they are few. */
export function band(lines: readonly Member[], points = 200): Band {
  const filled = lines.filter((line) => line.x.length > 0);
  const result: Band = { x: [], mean: [], low: [], high: [], n: [], other: [] };
  for (const x of places(filled, points)) {
    const values = filled.map((line) => interpolate(line.x, line.y, x)).filter(Number.isFinite);
    const others = filled.map((line) => interpolate(line.x, line.other ?? [], x)).filter(Number.isFinite);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, values.length - 1));
    result.x.push(x);
    result.n.push(values.length);
    result.other.push(others.length ? others.reduce((a, b) => a + b, 0) / others.length : null);
    result.mean.push(values.length ? mean : null);
    result.low.push(values.length ? mean - sd : null);
    result.high.push(values.length ? mean + sd : null);
  }
  return result;
}

/** Steps that were logged, where runs share them; else evenly from end to end. */
function places(lines: readonly Member[], points: number): number[] {
  const own = new Set<number>();
  for (const line of lines) for (let at = 0; at < line.x.length; at++) own.add(line.x[at] as number);
  const sorted = [...own].sort((a, b) => a - b);
  const [start, end] = [sorted[0], sorted.at(-1)];
  if (sorted.length <= points || start === undefined || end === undefined) return sorted;
  return Array.from({ length: points }, (_, at) => start + ((end - start) * at) / (points - 1));
}
