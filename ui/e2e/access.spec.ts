import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, test } from "./server";

// Nothing is left by any: they may go to every worker that is free.
test.describe.configure({ mode: "parallel" });

/** The run `mixer-23` of the usual records has files, images, params and metrics. */
const RUN_PARTS = ["overview", "params", "metrics", "charts", "images", "artifacts&file=report.md"];
const COMPARE_PARTS = ["differences", "charts", "images", "code", "why"];

async function runIds(address: string): Promise<string[]> {
  const body = JSON.stringify({ experiment_ids: ["1"], max_results: 6, order_by: ["start_time DESC"] });
  const reply = await fetch(`${address}/api/2.0/mlflow/runs/search`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const { runs } = (await reply.json()) as { runs: { info: { run_id: string } }[] };
  return runs.map(({ info }) => info.run_id);
}

const CHARTS = ["", "&group=params.model", "&clip=1&logy=1&off=none", `&board=${encodeURIComponent('[["Own",0,[[0,"train/loss",{"also":["val/accuracy"]}],[2,"val/accuracy"]]]]')}`, ...["scatter", "bar", "box", "parallel", "importance", "correlation", "contour"].map((kind) => `&chart=${kind}`)];
/** What opens over the board: the button, and what shows that it is open. */
const POPOVERS = [
  ["Add chart", "dialog"],
  ["x: Step", "dialog"],
  ["Size: fit", "menu"],
  ["Menu of the chart val/accuracy", "menu"],
  ["Metrics in the chart val/accuracy", "dialog"],
  ["How many are drawn", "menu"],
  ["Views", "dialog"],
  ["Columns", "dialog"],
  ["Group", "dialog"],
] as const;

/** What opens over the table of runs. */
const TABLE_PARTS = [
  ["state", "dialog"],
  ["model", "dialog"],
  ["Group", "dialog"],
  ["Columns", "dialog"],
  ["Views", "dialog"],
  ["Export", "menu"],
  ["More", "menu"],
  ["Column val/accuracy", "menu"],
  ["Other experiments", "menu"],
  ["Search and commands", "dialog"],
  ["Shortcuts", "dialog"],
  ["Theme", "menu"],
] as const;

/** What stands on the axes of charts that are not lines. */
const AXIS_CHOOSERS = [
  ["scatter", [/^Metric:/, /^over:/]],
  ["box", [/^by:/]],
  ["contour", [/^and:/]],
] as const;

/** Opens what belongs to a button, looks at it, and closes it again. */
async function expectOpensWell(page: Page, name: string | RegExp, role: "dialog" | "menu") {
  const button = page.getByRole("button", { name, exact: true }).first();
  // The tools of a chart show when one comes to it, by pointer or by keyboard.
  await button.focus();
  await button.press("Enter");
  await expect(page.getByRole(role).first()).toBeVisible();
  await expectAccessible(page, String(name));
  await page.keyboard.press("Escape");
  await expect(page.getByRole(role)).toHaveCount(0);
}

async function expectAccessibleOver(page: Page, parts: readonly (readonly [string, "dialog" | "menu"])[]) {
  for (const [name, role] of parts) {
    await page.getByRole("button", { name, exact: true }).first().click({ force: true });
    await expect(page.getByRole(role).first()).toBeVisible();
    // What is behind was looked at before.
    await expectAccessible(page, name, `[role=${role}]`);
    await page.keyboard.press("Escape");
    await expect(page.getByRole(role)).toHaveCount(0);
  }
}

test("axe finds nothing serious on the experiments and what opens over them", async ({ page }) => {
  await page.goto("/experiments");
  await expect(page.getByRole("link", { name: "cifar10" })).toBeVisible();
  await page.keyboard.press("j");
  await expectAccessible(page, "/experiments");
  await expectAccessibleOver(page, [["Actions for vision", "menu"], ["New experiment", "dialog"]]);
  for (const key of ["m", "ControlOrMeta+k", "?"]) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page, key, "[role=dialog]");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  for (const address of ["/experiments?q=zebra", "/experiments/0", "/experiments/99999", "/nowhere"]) {
    await page.goto(address);
    await expect(page.locator("main h2")).toBeVisible();
    await expectAccessible(page, address);
  }
});

test("axe finds nothing serious in tables of runs and what opens over them", async ({ page }) => {
  test.setTimeout(120_000);
  for (const address of ["/experiments/1,2", "/experiments/2", "/experiments/1?group=params.model", "/experiments/1?q=oh+no", "/experiments/1?q=params.model+%3D+'none'"]) {
    await page.goto(address);
    await expect(page.getByRole("grid").or(page.getByRole("treegrid")).or(page.getByRole("alert")).or(page.locator("main h2")).first()).toBeVisible();
    await expectAccessible(page, address);
  }
  await page.goto("/experiments/1");
  await expect(page.getByText(" best", { exact: true }).first()).toBeAttached();
  await expectAccessibleOver(page, TABLE_PARTS);
});

test("axe finds nothing serious in completions, chosen runs and a quick look", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto("/experiments/1");
  await expect(page.getByRole("link", { name: "vit-22" })).toBeVisible();
  await page.getByRole("combobox", { name: "Filter" }).fill("par");
  await expect(page.getByRole("listbox", { name: "Completions" })).toBeVisible();
  await expectAccessible(page, "completions", "[role=listbox]");
  await page.getByRole("combobox", { name: "Filter" }).fill("");
  await page.getByRole("combobox", { name: "Filter" }).blur();
  for (const key of ["j", "x", "j", "x", "Space"]) await page.keyboard.press(key);
  await expect(page.getByRole("complementary", { name: "A quick look at a run" })).toContainText("optimizer.lr");
  await expectAccessible(page, "chosen runs and a quick look");
  await page.keyboard.press("Escape");
  await expectAccessibleOver(page, [["Tag", "dialog"], ["Move", "dialog"], ["Note", "dialog"]]);
  await page.keyboard.press("h");
  await expect(page.getByRole("button", { name: "Show 2 hidden" })).toBeVisible();
  await expectAccessible(page, "hidden runs");
});

test("axe finds nothing serious on the pages of runs", async ({ page, server }) => {
  test.setTimeout(180_000);
  const ids = await runIds(server.address);
  const addresses = [
    ...RUN_PARTS.map((part) => `/runs/${ids[0]}?tab=${part}`),
    ...COMPARE_PARTS.map((part) => `/compare?runs=${ids.join(",")}&tab=${part}`),
    "/trash",
    "/trash?tab=storage",
    "/runs/none",
  ];
  for (const address of addresses) {
    await page.goto(address);
    await expect(page.locator("main > *").first()).toBeVisible();
    await expectAccessible(page, address);
  }
});

test("axe finds nothing serious in charts and what opens over them", async ({ page }) => {
  test.setTimeout(180_000);
  for (const chart of CHARTS) {
    await page.goto(`/experiments/1?tab=charts${chart}`);
    await expect(page.getByRole("main").locator("canvas, table").first()).toBeVisible();
    await expectAccessible(page, chart || "the board");
  }
  await page.goto("/experiments/1?tab=charts");
  await expect(page.getByRole("main").locator("canvas").first()).toBeVisible();
  for (const [name, role] of POPOVERS) await expectOpensWell(page, name, role);
  for (const [kind, names] of AXIS_CHOOSERS) {
    await page.goto(`/experiments/1?tab=charts&chart=${kind}`);
    await expect(page.getByRole("main").locator("canvas").first()).toBeVisible();
    for (const name of names) await expectOpensWell(page, name, "dialog");
    await expectOpensWell(page, "Copy or save the chart", "menu");
  }
});
