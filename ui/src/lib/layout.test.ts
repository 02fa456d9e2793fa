import { expect, it } from "vitest";
import { addPanel, addSection, changePanel, findPanel, makePanel, movePanel, moveSection, nudgePanel, readLayout, removePanel, toggleMetric, writeLayout } from "./layout";

const start = () =>
  addPanel(addPanel(addPanel(addSection(addPanel([], makePanel("line", "loss"), 0), "More"), makePanel("line", "acc"), 0), makePanel("box", "loss", { x: "params.lr" }), 1), makePanel("line", "loss"), 1);
const shown = (layout: ReturnType<typeof start>) => layout.map((s) => `${s.name}: ${s.panels.map((p) => `${p.kind} ${p.y}`).join(", ")}`);
const idAt = (layout: ReturnType<typeof start>, section: number, place: number) => layout[section]?.panels[place]?.id ?? "";

it("reads back what it wrote", () => {
  const layout = changePanel(start(), idAt(start(), 1, 0), { name: "Spread, by rate", w: 3, h: 300, isLog: true, isLogX: true });
  expect(readLayout(writeLayout(layout))).toEqual(layout);
});

it("tells panels that show the same apart", () => {
  const ids = start().flatMap((s) => s.panels.map((p) => p.id));
  expect(new Set(ids).size).toBe(ids.length);
});

it.each([undefined, "", "[", "{}", '[["a",0,[[99,"loss"]]]]', '[["a",0]]'])("takes %s for no layout", (text) => expect(readLayout(text)).toBeNull());

it("keeps sizes within bounds", () => {
  expect(readLayout('[["a",0,[[0,"loss",{"w":99,"h":5}]]]]')?.[0]?.panels[0]).toMatchObject({ w: 8, h: 120 });
});

it("moves a panel within and between sections", () => {
  const layout = start();
  expect(shown(movePanel(layout, idAt(layout, 0, 0), 0, 2))).toEqual(["Charts: line acc, line loss", "More: box loss, line loss"]);
  expect(shown(movePanel(layout, idAt(layout, 0, 0), 1, 1))).toEqual(["Charts: line acc", "More: box loss, line loss, line loss"]);
});

it("nudges over the bounds of a section and stops at the ends", () => {
  const layout = start();
  expect(shown(nudgePanel(layout, idAt(layout, 0, 1), 1))).toEqual(["Charts: line loss", "More: line acc, box loss, line loss"]);
  expect(shown(nudgePanel(layout, idAt(layout, 0, 0), 1))[0]).toBe("Charts: line acc, line loss");
  expect(shown(nudgePanel(layout, idAt(layout, 0, 0), -1))).toEqual(shown(layout));
});

it("removes panels and moves sections", () => {
  const layout = start();
  expect(shown(moveSection(removePanel(layout, idAt(layout, 1, 1)), 1, -1))).toEqual(["More: box loss", "Charts: line loss, line acc"]);
  expect(findPanel(layout, "nothing")).toBeNull();
});

it("draws several metrics in one panel, and keeps one of them", () => {
  const one = makePanel("line", "train/loss");
  const two = { ...one, ...toggleMetric(one, "val/loss") };
  expect(readLayout(writeLayout([{ name: "", isClosed: false, panels: [two] }]))?.[0]?.panels[0]).toMatchObject({ y: "train/loss", also: ["val/loss"] });
  expect(toggleMetric(two, "train/loss")).toEqual({ y: "val/loss", also: [] });
  expect(toggleMetric(one, "train/loss")).toEqual({ y: "train/loss", also: [] });
});
