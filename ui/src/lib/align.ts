/** Brings lines with their own x together on one axis, as uPlot wants them. */

export interface Line {
  x: ArrayLike<number>;
  y: readonly (number | null)[];
}

export interface Aligned {
  x: number[];
  /** `undefined`: no point here, draw on; null: a gap. */
  ys: (number | null | undefined)[][];
}

/** More places than this cannot be told apart on a screen; x is then rounded to a fine raster. */
const MOST_PLACES = 2400;

export function align(lines: readonly Line[], mostPlaces = MOST_PLACES): Aligned {
  let x = union(lines, (value) => value);
  let snap = (value: number) => value;
  if (x.length > mostPlaces) {
    const start = x[0] as number;
    const step = ((x[x.length - 1] as number) - start) / mostPlaces;
    snap = (value) => start + Math.round((value - start) / step) * step;
    x = union(lines, snap);
  }
  const place = new Map(x.map((value, at) => [value, at]));
  const ys = lines.map((line) => {
    const column = new Array<number | null | undefined>(x.length).fill(undefined);
    for (let at = 0; at < line.x.length; at++) column[place.get(snap(line.x[at] as number)) as number] = line.y[at] ?? null;
    return column;
  });
  return { x, ys };
}

function union(lines: readonly Line[], snap: (value: number) => number): number[] {
  const seen = new Set<number>();
  for (const line of lines) for (let at = 0; at < line.x.length; at++) seen.add(snap(line.x[at] as number));
  return [...seen].sort((a, b) => a - b);
}
