// @vitest-environment jsdom
import { expect, it } from "vitest";
import { drawBars, drawBoxes } from "./bars";
import { drawContour } from "./contour";
import { drawCorrelation } from "./correlation";
import { drawLines } from "./lines";
import { toSvg } from "./marks";
import { drawScatter } from "./scatter";

const FRAME = { width: 600, height: 300, ink: { ground: "#fff", text: "#111", axis: "#555", grid: "#eee", accent: "#00f", faint: "#999" } };
const VIEW = { axis: "step" as const, xLabel: "Step", isLogX: false, isLogY: false, range: null };
const line = (y: (number | null)[], more = {}) => ({ id: "a", label: "run <b>&\u0000", colour: "#3764cd", x: y.map((_, i) => i), y, ...more });
const parse = (svg: string) => new DOMParser().parseFromString(svg, "image/svg+xml");

it("writes an SVG that is well formed whatever runs are called", () => {
  const page = parse(toSvg(drawLines(FRAME, [line([1, 2, null, 4], { low: [0, 1, null, 3], high: [2, 3, null, 5] })], VIEW), "#fff"));
  expect(page.querySelector("parsererror")).toBeNull();
  expect([...page.querySelectorAll("text")].map((t) => t.textContent)).toContain("run <b>&");
});

it("leaves a gap where there is no number, and a dot for a lone point", () => {
  const gaps = drawLines(FRAME, [line([1, 2, null, 4, 5])], VIEW).marks.flatMap((m) => (m.kind === "path" && m.stroke === "#3764cd" ? [m.points.filter(([x]) => Number.isNaN(x)).length] : []));
  expect(gaps).toEqual([1]);
  expect(drawLines(FRAME, [line([null, 3, null])], VIEW).marks.some((m) => m.kind === "circle")).toBe(true);
});

it.each([[[]], [[null, null]], [[0, -1]]])("bears a series of %j on a log scale", (y) => {
  const svg = toSvg(drawLines(FRAME, [line(y)], { ...VIEW, isLogX: true, isLogY: true }), "#fff");
  expect(svg).not.toMatch(/NaN|Infinity/);
});

it("begins bars at zero and tells how many do not fit", () => {
  const drawing = drawBars(FRAME, [{ id: "a", label: "a", value: 2, sd: 0.5, n: 3, colour: "#111" }, { id: "b", label: "b", value: -1, colour: "#222" }], "loss");
  const [a, b] = drawing.marks.filter((m) => m.kind === "rect");
  expect(a?.x).toBeCloseTo((b?.x ?? 0) + (b?.w ?? 0));
  const many = Array.from({ length: 90 }, (_, i) => ({ id: String(i), label: String(i), value: i, colour: "#111" }));
  expect(drawBars(FRAME, many, "loss").marks.some((m) => m.kind === "text" && /^first \d+ of 90, loss$/.test(m.text))).toBe(true);
});

it("draws every other kind from what runs have, gaps included", () => {
  const drawings = [
    drawBoxes(FRAME, [{ id: "a", label: "a", n: 4, min: 1, q1: 2, median: 3, q3: 4, max: 9, mean: 3.5, colour: "#111111" }], "loss"),
    drawScatter(FRAME, [{ id: "a", label: "a", x: "vit", y: 1, colour: "#111" }, { id: "b", label: "b", x: null, y: 1, colour: "#111" }, { id: "c", label: "c", x: "cnn", y: Number.NaN, colour: "#111" }], { xLabel: "model", yLabel: "loss" }),
    drawCorrelation(FRAME, { labels: ["a", "b"], values: [[1, Number.NaN], [Number.NaN, 1]], n: [[3, 1], [1, 3]] }, "light"),
    drawContour(FRAME, [{ id: "a", label: "a", x: "0.1", y: "3", value: 1 }, { id: "b", label: "b", x: "0.2", y: "9", value: 2 }], { x: "lr", y: "depth", value: "loss" }, true, "dark"),
  ];
  expect(drawings.map((d) => d.targets.length)).toEqual([1, 1, 4, 2]);
  for (const drawing of drawings) expect(toSvg(drawing, "#fff")).not.toMatch(/NaN|Infinity|undefined/);
});

it("leaves a scatter linear until powers of ten are asked for", () => {
  const points = [0, 0.001, 0.5, 1].map((x) => ({ id: String(x), label: "", x, y: 0.001 + x, colour: "#111" }));
  const across = (isLogX: boolean) => drawScatter(FRAME, points, { xLabel: "lr", yLabel: "accuracy", isLogX }).targets.map((t) => t.x);
  const [zero, , half, one] = across(false) as [number, number, number, number];
  expect(half - zero).toBeCloseTo(one - half);
  // Zero has no place by powers of ten; the others keep theirs.
  expect(across(true)).toHaveLength(3);
});
