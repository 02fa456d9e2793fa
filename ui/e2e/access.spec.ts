import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./server";

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
  await expectNothingSerious(page, String(name));
  await page.keyboard.press("Escape");
  await expect(page.getByRole(role)).toHaveCount(0);
}

async function expectNothingSerious(page: Page, where: string, within = "body") {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  // The guards at the ends of an open menu are hidden and take focus on purpose: they hand it on at once.
  const { violations } = await new AxeBuilder({ page }).include(within).exclude("[data-base-ui-focus-guard]").analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect.soft(serious.map(({ id, nodes }) => `${where} ${id}: ${nodes[0]?.target.join(" ")} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
}

async function expectNothingSeriousOver(page: Page, parts: readonly (readonly [string, "dialog" | "menu"])[]) {
  for (const [name, role] of parts) {
    await page.getByRole("button", { name, exact: true }).first().click({ force: true });
    await expect(page.getByRole(role).first()).toBeVisible();
    // What is behind was looked at before.
    await expectNothingSerious(page, name, `[role=${role}]`);
    await page.keyboard.press("Escape");
    await expect(page.getByRole(role)).toHaveCount(0);
  }
}

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on the experiments and what opens over them, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/experiments");
    await expect(page.getByRole("link", { name: "cifar10" })).toBeVisible();
    await page.keyboard.press("j");
    await expectNothingSerious(page, "/experiments");
    await expectNothingSeriousOver(page, [["Actions for vision", "menu"], ["New experiment", "dialog"]]);
    for (const key of ["m", "ControlOrMeta+k", "?"]) {
      await page.keyboard.press(key);
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectNothingSerious(page, key, "[role=dialog]");
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    for (const address of ["/experiments?q=zebra", "/experiments/0", "/experiments/99999", "/nowhere"]) {
      await page.goto(address);
      await expect(page.locator("main h2")).toBeVisible();
      await expectNothingSerious(page, address);
    }
  });

  test(`axe finds nothing serious in tables of runs and what opens over them, ${theme}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme });
    for (const address of ["/experiments/1,2", "/experiments/2", "/experiments/1?group=params.model", "/experiments/1?q=oh+no", "/experiments/1?q=params.model+%3D+'none'"]) {
      await page.goto(address);
      await expect(page.getByRole("grid").or(page.getByRole("treegrid")).or(page.getByRole("alert")).or(page.locator("main h2")).first()).toBeVisible();
      await expectNothingSerious(page, address);
    }
    await page.goto("/experiments/1");
    await expect(page.getByText(" best", { exact: true }).first()).toBeAttached();
    await expectNothingSeriousOver(page, TABLE_PARTS);
  });

  test(`axe finds nothing serious in completions, chosen runs and a quick look, ${theme}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto("/experiments/1");
    await expect(page.getByRole("link", { name: "vit-22" })).toBeVisible();
    await page.getByRole("combobox", { name: "Filter" }).fill("par");
    await expect(page.getByRole("listbox", { name: "Completions" })).toBeVisible();
    await expectNothingSerious(page, "completions", "[role=listbox]");
    await page.getByRole("combobox", { name: "Filter" }).fill("");
    await page.getByRole("combobox", { name: "Filter" }).blur();
    for (const key of ["j", "x", "j", "x", "Space"]) await page.keyboard.press(key);
    await expect(page.getByRole("complementary", { name: "A quick look at a run" })).toContainText("optimizer.lr");
    await expectNothingSerious(page, "chosen runs and a quick look");
    await page.keyboard.press("Escape");
    await expectNothingSeriousOver(page, [["Tag", "dialog"], ["Move", "dialog"], ["Note", "dialog"]]);
    await page.keyboard.press("h");
    await expect(page.getByRole("button", { name: "Show 2 hidden" })).toBeVisible();
    await expectNothingSerious(page, "hidden runs");
  });

  test(`axe finds nothing serious on the pages of runs, ${theme}`, async ({ page, server }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: theme });
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
      await expectNothingSerious(page, address);
    }
  });

  test(`axe finds nothing serious in charts and what opens over them, ${theme}`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: theme });
    for (const chart of CHARTS) {
      await page.goto(`/experiments/1?tab=charts${chart}`);
      await expect(page.getByRole("main").locator("canvas, table").first()).toBeVisible();
      await expectNothingSerious(page, chart || "the board");
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
}
