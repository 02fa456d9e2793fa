import { expect, it } from "vitest";
import { FakeApi } from "./fakeApi";

const api = new FakeApi({ delayMs: 0, nowMs: () => Date.UTC(2026, 10, 1) });
const search = (filter: string, order: string[] = [], cursor = "") =>
  api.searchRuns({ experimentIds: ["1"], filter, orderBy: order, lifecycle: "active", limit: 10, cursor, keys: { metrics: ["val/loss"], params: ["model"], tags: [] } });

it("pages through all runs in the order that was asked for, without doubles", async () => {
  const values: number[] = [];
  let cursor = "";
  do {
    const page = await search("metrics.val/loss < 100", ["metrics.val/loss ASC"], cursor);
    values.push(...page.items.map((run) => run.metrics["val/loss"]?.last ?? Number.NaN));
    cursor = page.nextCursor;
  } while (cursor);
  expect(values.length).toBeGreaterThan(100);
  expect(values).toEqual([...values].sort((a, b) => a - b));
});

it("refuses a filter as the server does", async () => {
  await expect(search("metrics. < 1")).rejects.toMatchObject({ position: 8 });
});

it("keeps what was changed", async () => {
  const [run] = (await search("params.model = 'vit-s16'")).items;
  await api.setTag(run?.id ?? "", "team", "new");
  await api.deleteRuns([run?.id ?? ""]);
  expect(await api.getRun(run?.id ?? "")).toMatchObject({ isDeleted: true, tags: { team: "new" } });
  expect((await api.listTrash()).runs.map(({ id }) => id)).toEqual([run?.id]);
  await api.purge({ dryRun: false });
  await expect(api.getRun(run?.id ?? "")).rejects.toMatchObject({ isMissing: true });
});

it("makes up the same data on every visit", async () => {
  const again = new FakeApi({ delayMs: 0, nowMs: () => Date.UTC(2026, 10, 1) });
  expect(await again.listExperiments("active")).toEqual(await new FakeApi({ delayMs: 0, nowMs: () => Date.UTC(2026, 10, 1) }).listExperiments("active"));
});
