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

const CHARTS = ["", "&group=params.model", ...["scatter", "bar", "box", "parallel", "importance", "correlation", "contour"].map((kind) => `&chart=${kind}`)];
/** What opens over the board: the button, and what shows that it is open. */
const POPOVERS = [
  ["Add chart", "dialog"],
  ["x: Step", "dialog"],
  ["How many are drawn", "menu"],
  ["Views", "dialog"],
  ["Columns", "dialog"],
  ["Group", "dialog"],
] as const;

async function expectNothingSerious(page: Page, where: string) {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  // The guards at the ends of an open menu are hidden and take focus on purpose: they hand it on at once.
  const { violations } = await new AxeBuilder({ page }).exclude("[data-base-ui-focus-guard]").analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect.soft(serious.map(({ id, nodes }) => `${where} ${id}: ${nodes[0]?.target.join(" ")} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
}

for (const theme of ["light", "dark"] as const) {
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
    for (const [name, role] of POPOVERS) {
      await page.getByRole("button", { name, exact: true }).click();
      await expect(page.getByRole(role).first()).toBeVisible();
      await expectNothingSerious(page, name);
      await page.keyboard.press("Escape");
      await expect(page.getByRole(role)).toHaveCount(0);
    }
  });
}
