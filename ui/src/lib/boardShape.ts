/** How many columns a board of charts has and how tall they are, so that they use the room there is. */

export interface Room {
  width: number;
  height: number;
  /** No chart is narrower. */
  leastWidth: number;
  gap: number;
  /** Left and right of the board. */
  side: number;
  /** Above each section, its name included. */
  sectionHead: number;
  /** Above each chart: its name. */
  chartHead: number;
}

export interface Shape {
  columns: number;
  /** Of a chart, without its name. */
  height: number;
}

const HEIGHT = { least: 170, most: 640 } as const;
/** Height over width: taller wastes width, and curves look steeper than they are. */
const TALLEST = 0.7;
const USUAL = 0.62;
/** A chart that is wider than so many heights gains nothing from more width. */
const WIDEST = 2.4;

/** Columns of a board that somebody laid out: they follow from the width alone. */
export function fixedShape(room: Room): Shape {
  const columns = mostColumns(room);
  return { columns, height: Math.round(clamp(columnWidth(room, columns) * USUAL, HEIGHT.least, 320)) };
}

/** The columns with which charts are largest while all are in sight; as many as there is width for where they never are. */
export function fittingShape(nCharts: readonly number[], room: Room): Shape {
  const open = nCharts.filter((n) => n > 0);
  let best: Shape | null = null;
  let bestArea = 0;
  for (let columns = 1; columns <= mostColumns(room); columns++) {
    const rows = open.reduce((sum, n) => sum + Math.ceil(n / columns), 0);
    const free = (room.height - nCharts.length * room.sectionHead) / Math.max(1, rows) - room.chartHead;
    const width = columnWidth(room, columns);
    const height = Math.floor(Math.min(free, width * TALLEST, HEIGHT.most));
    const area = height * Math.min(width, WIDEST * height);
    if (height < HEIGHT.least || area <= bestArea) continue;
    best = { columns, height };
    bestArea = area;
  }
  return best ?? fixedShape(room);
}

function mostColumns({ width, side, gap, leastWidth }: Room): number {
  return Math.max(1, Math.floor((width - 2 * side + gap) / (leastWidth + gap)));
}

function columnWidth({ width, side, gap }: Room, columns: number): number {
  return (width - 2 * side + gap) / columns - gap;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
