import { expect, it } from "vitest";
import { FakeApi } from "../../api/fake/fakeApi";
import { compareVersions } from "./compareVersions";

const { registry } = new FakeApi({ delayMs: 0 });
const versions = (...numbers: number[]) => Promise.all(numbers.map((number) => registry.getVersion("churn", number)));

it("marks the best of each metric, and knows which way is better", async () => {
  const sections = compareVersions(await versions(2, 26));
  const metrics = sections.find(({ title }) => title === "Metrics")!;
  const best = (key: string) => metrics.rows.find((row) => row.key === key)!.cells.map((cell) => cell?.isBest);
  expect(best("val/auc")).toEqual([false, true]);
  expect(best("train/loss")).toEqual([false, true]);
});

it("shows a column that came with a later version", async () => {
  const inputs = compareVersions(await versions(2, 5)).find(({ title }) => title === "Signature: inputs")!;
  expect(inputs.rows.find(({ key }) => key === "region")!.cells.map((cell) => cell?.text)).toEqual([undefined, "double, optional"]);
  expect(inputs.rows.find(({ key }) => key === "contract")).toMatchObject({ isSame: true });
});

it("finds no difference between a version and itself, and leaves out what nobody knows", async () => {
  const rows = compareVersions(await versions(3, 3)).flatMap((section) => section.rows);
  expect(rows.every(({ isSame, cells }) => isSame && cells.every((cell) => !cell?.isBest))).toBe(true);
  expect(rows.map(({ key }) => key)).not.toContain("Platform");
});
