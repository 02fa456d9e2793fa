import { expect, it } from "vitest";
import type { Run } from "../../api/model";
import { type RowKind, bestIndex, compareRows, delta, inOrder, inSections, nextOrder, readOrder } from "./compareRows";

const run = (id: string, params: Record<string, string>, metrics: Record<string, number>): Run => ({
  id, experimentId: "1", name: id, state: "FINISHED", startMs: 1, endMs: 2, user: "ada", parentId: null, isDeleted: false,
  deletedMs: null, artifactUri: "", tags: { team: "x", "mlflow.user": "ada" }, datasets: [], params,
  metrics: Object.fromEntries(Object.entries(metrics).map(([key, last]) => [key, { last, min: last, max: last, step: 0, timestampMs: 0, count: 1 }])),
});
const ROWS = compareRows([run("a", { lr: "1", model: "vit" }, { loss: 2, nan: Number.NaN }), run("b", { lr: "1", model: "cnn" }, { loss: 1, nan: Number.NaN })]);

it("shows what differs and says how much it leaves out", () => {
  const sections = inSections(ROWS, true, "");
  expect(sections.map((s) => [s.title, s.rows.map((r) => r.key), s.nHidden])).toEqual([
    ["Params", ["model"], 1],
    ["Metrics", ["loss"], 1],
    ["Tags", [], 1],
    ["Run", [], 5],
  ]);
});

it("compares another number of the metrics", () => {
  const [a, b] = [run("a", {}, { loss: 2 }), run("b", {}, { loss: 1 })];
  a.metrics.loss!.min = 0.5;
  expect(compareRows([a, b], "min").find((r) => r.key === "loss")?.values).toEqual([0.5, 1]);
});

it("finds the best by the meaning of the name", () => {
  const of = (key: string) => ROWS.find((r) => r.key === key)!;
  expect([bestIndex(of("loss")), bestIndex(of("nan"))]).toEqual([1, -1]);
});

it.each([
  ["loss", 1, 2, "−50 %", true],
  ["accuracy", 0.805, 0.8, "+0.6 %", true],
  ["accuracy", 0.4, 0.8, "−50 %", false],
  ["loss", 0.5, 0, "+0.5", false],
  ["r2", 0.25, -0.5, "+0.75", true],
])("%s from %s against %s is %s", (key, value, base, text, isBetter) => expect(delta(key, value, base)).toEqual({ text, isBetter }));

const row = (kind: RowKind, key: string, values: (string | number | null)[]) => ({ kind, key, values, isDifferent: true });

it.each([
  ["metrics/loss", [2, null, 1, Number.NaN, Number.POSITIVE_INFINITY], [2, 0, 4, 1, 3]],
  ["-metrics/loss", [2, null, 1, Number.NaN, Number.POSITIVE_INFINITY], [4, 0, 2, 1, 3]],
  ["metrics/accuracy", [0.5, 0.9, 0.7], [1, 2, 0]],
  ["params/lr", ["0.01", "1e-4", "0.1"], [1, 0, 2]],
  ["params/size", ["run-10", "run-9", ""], [2, 1, 0]],
  ["params/absent", ["b", "a"], [0, 1]],
])("orders by %s", (text, values, expected) => {
  const order = readOrder(text)!;
  const own = text.endsWith("absent") ? [] : [row(order.kind, order.key, values)];
  expect(inOrder(own, order, values.length)).toEqual(expected);
});

it("orders, turns round, and goes back to how the runs were chosen", () => {
  const loss = row("metrics", "val/loss", [1, 2]);
  const steps = [nextOrder(loss, null)];
  for (let n = 0; n < 2; n++) steps.push(nextOrder(loss, readOrder(steps.at(-1))));
  expect(steps).toEqual(["metrics/val/loss", "-metrics/val/loss", undefined]);
  expect(readOrder("nonsense")).toBeNull();
});
