/** A surface through scattered points, for contours. */

export interface SurfacePoint {
  /** 0 to 1 */
  x: number;
  y: number;
  value: number;
}

export interface Surface {
  n: number;
  /** Row by row from the foot; NaN where no point is near. */
  values: number[];
  low: number;
  high: number;
}

const LEAST_WEIGHT = 0.02;

/** How far a point reaches, as a share of the axis: few places reach far, so that a coarse grid of params has no holes. */
export function reachOf(points: readonly SurfacePoint[]): number {
  const nPlaces = new Set(points.map((p) => `${p.x} ${p.y}`)).size;
  return Math.min(0.25, Math.max(0.06, 0.45 / Math.sqrt(Math.max(1, nPlaces))));
}

/** A mean of the points around each place, weighted by a Gaussian of their distance (Nadaraya 1964, Watson 1964). */
export function smoothSurface(points: readonly SurfacePoint[], n = 40): Surface {
  const finite = points.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y) && Number.isFinite(p.value));
  const reach = reachOf(finite);
  const values: number[] = [];
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const [x, y] = [column / (n - 1), row / (n - 1)];
      let weight = 0;
      let sum = 0;
      for (const point of finite) {
        const near = Math.exp(-((point.x - x) ** 2 + (point.y - y) ** 2) / (2 * reach ** 2));
        weight += near;
        sum += near * point.value;
      }
      const value = weight > LEAST_WEIGHT ? sum / weight : Number.NaN;
      values.push(value);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { n, values, low, high };
}

/** The surface between its places, from 0 to 1 (bilinear); NaN beside a place without a value. */
export function surfaceAt({ n, values }: Surface, x: number, y: number): number {
  const [column, row] = [Math.min(n - 2, Math.floor(x * (n - 1))), Math.min(n - 2, Math.floor(y * (n - 1)))];
  const [right, up] = [x * (n - 1) - column, y * (n - 1) - row];
  const at = (c: number, r: number) => values[r * n + c] as number;
  return (at(column, row) * (1 - right) + at(column + 1, row) * right) * (1 - up) + (at(column, row + 1) * (1 - right) + at(column + 1, row + 1) * right) * up;
}

type Place = [number, number];

/** The line on which a surface has a level, as pairs of places from 0 to 1 (marching squares, Maple 2003). */
export function contourLines({ n, values }: Surface, level: number): [Place, Place][] {
  const lines: [Place, Place][] = [];
  const at = (column: number, row: number) => values[row * n + column] as number;
  for (let row = 0; row + 1 < n; row++) {
    for (let column = 0; column + 1 < n; column++) {
      const corners: [number, number, number][] = [
        [column, row, at(column, row)],
        [column + 1, row, at(column + 1, row)],
        [column + 1, row + 1, at(column + 1, row + 1)],
        [column, row + 1, at(column, row + 1)],
      ];
      if (corners.some(([, , value]) => Number.isNaN(value))) continue;
      const crossings = corners.flatMap((from, index): Place[] => {
        const to = corners[(index + 1) % 4] as [number, number, number];
        if (from[2] < level === to[2] < level) return [];
        const share = (level - from[2]) / (to[2] - from[2]);
        return [[(from[0] + (to[0] - from[0]) * share) / (n - 1), (from[1] + (to[1] - from[1]) * share) / (n - 1)]];
      });
      // Two crossings are a line; four are two lines, of which either pairing is as good.
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) lines.push([crossings[pair] as Place, crossings[pair + 1] as Place]);
    }
  }
  return lines;
}
