/** A picture as a list of marks: painted on a canvas for the screen and for PNG, written as SVG for print. */

export type Mark =
  | { kind: "path"; points: readonly (readonly [number, number])[]; stroke?: string; width?: number; dash?: readonly number[]; fill?: string; alpha?: number; isCurve?: boolean }
  | { kind: "circle"; x: number; y: number; r: number; fill: string; alpha?: number; stroke?: string }
  | { kind: "rect"; x: number; y: number; w: number; h: number; fill?: string; stroke?: string; alpha?: number; round?: number }
  | { kind: "text"; x: number; y: number; text: string; colour: string; size?: number; isBold?: boolean; anchor?: "start" | "middle" | "end"; turn?: number; halo?: string };

/** A place that answers to the pointer. */
export interface Target {
  /** Of the run or group that is meant; empty: it can only be looked at. */
  id: string;
  x: number;
  y: number;
  /** Half of its width and height; a point without. */
  box?: readonly [number, number];
  title: string;
  rows: readonly (readonly [string, string])[];
}

export interface Drawing {
  width: number;
  height: number;
  marks: Mark[];
  targets: Target[];
}

export const FONT = '"Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif';
const SIZE = 11;

export function paint(ctx: CanvasRenderingContext2D, marks: readonly Mark[]): void {
  for (const mark of marks) {
    ctx.save();
    if (mark.kind !== "text") ctx.globalAlpha = mark.alpha ?? 1;
    if (mark.kind === "path") paintPath(ctx, mark);
    else if (mark.kind === "text") paintText(ctx, mark);
    else {
      ctx.beginPath();
      if (mark.kind === "circle") ctx.arc(mark.x, mark.y, mark.r, 0, 7);
      else ctx.roundRect(mark.x, mark.y, mark.w, mark.h, mark.round ?? 0);
      if (mark.fill) {
        ctx.fillStyle = mark.fill;
        ctx.fill();
      }
      if (mark.stroke) {
        ctx.strokeStyle = mark.stroke;
        ctx.stroke();
      }
    }
    ctx.restore();
  }
}

function paintPath(ctx: CanvasRenderingContext2D, mark: Extract<Mark, { kind: "path" }>): void {
  ctx.beginPath();
  ctx.lineJoin = "round";
  let before: readonly [number, number] | null = null;
  for (const point of mark.points) {
    const [x, y] = point;
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      before = null;
      continue;
    }
    if (!before) ctx.moveTo(x, y);
    else if (mark.isCurve) ctx.bezierCurveTo((before[0] + x) / 2, before[1], (before[0] + x) / 2, y, x, y);
    else ctx.lineTo(x, y);
    before = point;
  }
  if (mark.fill) {
    ctx.fillStyle = mark.fill;
    ctx.fill();
  }
  if (mark.stroke) {
    ctx.strokeStyle = mark.stroke;
    ctx.lineWidth = mark.width ?? 1;
    if (mark.dash) ctx.setLineDash([...mark.dash]);
    ctx.stroke();
  }
}

function paintText(ctx: CanvasRenderingContext2D, mark: Extract<Mark, { kind: "text" }>): void {
  ctx.font = `${mark.isBold ? "600 " : ""}${mark.size ?? SIZE}px ${FONT}`;
  ctx.textAlign = mark.anchor === "middle" ? "center" : (mark.anchor ?? "start");
  ctx.translate(mark.x, mark.y);
  if (mark.turn) ctx.rotate((mark.turn * Math.PI) / 180);
  if (mark.halo) {
    ctx.strokeStyle = mark.halo;
    ctx.lineWidth = 3;
    ctx.lineJoin = "round";
    ctx.strokeText(mark.text, 0, 0);
  }
  ctx.fillStyle = mark.colour;
  ctx.fillText(mark.text, 0, 0);
}

const round = (value: number) => Number(value.toFixed(2));

/** Text of users is only ever text: all that SVG would read is escaped. */
function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // XML has no place for control characters, escaped or not.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (char) => names[char] as string);
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? round(value) : escaped(value)}"`)
    .join("");
}

function markSvg(mark: Mark): string {
  switch (mark.kind) {
    case "circle":
      return `<circle${attributes({ cx: mark.x, cy: mark.y, r: mark.r, fill: mark.fill, stroke: mark.stroke, opacity: mark.alpha })}/>`;
    case "rect":
      return `<rect${attributes({ x: mark.x, y: mark.y, width: Math.max(0, mark.w), height: Math.max(0, mark.h), rx: mark.round, fill: mark.fill ?? "none", stroke: mark.stroke, opacity: mark.alpha })}/>`;
    case "text":
      return `<text${attributes({
        x: mark.x,
        y: mark.y,
        fill: mark.colour,
        "font-size": mark.size ?? SIZE,
        "font-weight": mark.isBold ? 600 : undefined,
        "text-anchor": mark.anchor,
        transform: mark.turn ? `rotate(${mark.turn} ${round(mark.x)} ${round(mark.y)})` : undefined,
        ...(mark.halo ? { stroke: mark.halo, "stroke-width": 3, "paint-order": "stroke" } : {}),
      })}>${escaped(mark.text)}</text>`;
    case "path":
      return `<path${attributes({
        d: pathText(mark.points, mark.isCurve ?? false),
        fill: mark.fill ?? "none",
        stroke: mark.stroke,
        "stroke-width": mark.width,
        "stroke-dasharray": mark.dash?.join(" "),
        "stroke-linejoin": "round",
        opacity: mark.alpha,
      })}/>`;
  }
}

function pathText(points: readonly (readonly [number, number])[], isCurve: boolean): string {
  const parts: string[] = [];
  let before: readonly [number, number] | null = null;
  for (const point of points) {
    const [x, y] = [round(point[0]), round(point[1])];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      before = null;
      continue;
    }
    if (!before) parts.push(`M${x} ${y}`);
    else if (isCurve) parts.push(`C${round((before[0] + x) / 2)} ${before[1]} ${round((before[0] + x) / 2)} ${y} ${x} ${y}`);
    else parts.push(`L${x} ${y}`);
    before = [x, y];
  }
  return parts.join("");
}

/** A file of its own, which needs nothing of the page. */
export function toSvg({ width, height, marks }: Drawing, ground: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FONT)}">`,
    `<rect width="100%" height="100%" fill="${escaped(ground)}"/>`,
    ...marks.map(markSvg),
    "</svg>",
    "",
  ].join("\n");
}
