import type { Page } from "@playwright/test";
import { expect, test } from "./server";

const MARKUP = "<img src=x onerror=alert(1)>";

test.describe.configure({ mode: "serial" });

/** Ids of the three runs, the oldest first. */
let ids: string[] = [];

test.beforeAll(async ({ server }) => {
  server.seed("hostile");
  const find = async (call: string, body: object) =>
    (await fetch(`${server.address}/api/2.0/mlflow/${call}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();
  const { experiments } = (await find("experiments/search", { max_results: 1000 })) as { experiments: { experiment_id: string; name: string }[] };
  const own = experiments.filter(({ name }) => name === "hostile names").map((e) => e.experiment_id);
  const { runs } = (await find("runs/search", { experiment_ids: own, order_by: ["start_time ASC"] })) as { runs: { info: { run_id: string } }[] };
  ids = runs.map(({ info }) => info.run_id);
});

test.beforeEach(({ page }) => {
  page.on("dialog", (dialog) => {
    throw new Error(`A script of a name ran: ${dialog.message()}`);
  });
});

async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

test("a run shows names, values and notes as the text they are", async ({ page }) => {
  await page.goto(`/runs/${ids[0]}`);
  await expect(page.getByRole("heading", { name: MARKUP, level: 2 })).toBeVisible();
  await expect(page.getByRole("link", { name: "click" })).toHaveCount(0);
  await expect(page.locator("main img")).toHaveCount(0);
  await expectNoSideways(page);
  await page.goto(`/runs/${ids[2]}?tab=params`);
  await expect(page.getByRole("table", { name: "Params" })).toContainText("empty");
  await page.getByLabel("Find a param").fill("deep");
  await expect(page.getByRole("table", { name: "Params" }).getByRole("row")).toHaveCount(1);
  await expect(page).toHaveURL(/find=deep/);
  await expectNoSideways(page);
});

test("series without numbers, with one point and with infinity have their place", async ({ page }) => {
  await page.goto(`/runs/${ids[0]}?tab=metrics&find=n`);
  const grid = page.getByRole("grid", { name: "Metrics" });
  await expect(grid.getByRole("row", { name: /only nan/ })).toContainText("NaN");
  await expect(grid.getByRole("row", { name: /single point/ })).toContainText("0.5000");
  await expect(grid.getByRole("row", { name: /infinite/ })).toContainText("∞");
  await grid.getByRole("button", { name: "single point", exact: true }).click();
  await expect(page.getByRole("img", { name: /single point of 1 run/ }).locator("canvas")).toBeVisible();
  await page.getByLabel("Find a metric").fill("only nan");
  await expect(page.getByText("only nan", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "System" }).click();
  await expect(page.getByRole("img", { name: /system\/cpu of 1 run/ }).locator("canvas")).toBeVisible();
});

test("thousands of metrics are searched, not drawn", async ({ page }) => {
  await page.goto(`/runs/${ids[0]}?tab=metrics`);
  const grid = page.getByRole("grid", { name: "Metrics" });
  await expect(grid).toHaveAttribute("aria-rowcount", "1205");
  expect(await grid.getByRole("row").count()).toBeLessThan(80);
  await page.keyboard.press("/");
  await page.keyboard.type("199");
  await page.keyboard.press("Home");
  await page.keyboard.type("/w1");
  await expect(page.getByText("1 of 1204 metrics")).toBeVisible();
  await expect(page.getByLabel("Find a metric")).toHaveValue("/w1199");
  await page.getByRole("tab", { name: "Overview" }).click();
  await page.goBack();
  await expect(page.getByLabel("Find a metric")).toHaveValue("/w1199");
});

test("files are shown without rights", async ({ page, problems }) => {
  await page.goto(`/runs/${ids[0]}?tab=artifacts&file=report.html`);
  await expect(page.frameLocator("iframe").getByRole("heading", { name: "Report" })).toBeVisible();
  expect(await page.title()).not.toBe("taken");
  await expect(page.locator("iframe")).toHaveAttribute("sandbox", "");
  // The browser says that it kept the page's scripts from running; anything else it says stays a problem.
  const [kept, ...others] = problems.splice(0).filter((text, at, all) => all.indexOf(text) === at);
  expect(kept).toContain("Blocked script execution in 'about:srcdoc'");
  expect(others).toEqual([]);
  await page.getByRole("treeitem", { name: /a\.svg/ }).click();
  const image = page.getByRole("img", { name: "a.svg" });
  expect(await image.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBe(90);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByText("kept as it is")).toBeVisible();
  await page.getByRole("treeitem", { name: /table\.csv/ }).click();
  await expect(page.getByRole("cell", { name: MARKUP })).toBeVisible();
});

test("comparing and deleting bear the same names", async ({ page, request }) => {
  await page.goto(`/compare?runs=${ids.join(",")}`);
  const grid = page.getByRole("grid", { name: "Comparison" });
  await expect(grid.getByRole("row", { name: /^deep\.er\.key/ })).toBeVisible();
  await page.getByLabel("Find a key").fill("only nan");
  await expect(page.getByRole("heading", { name: "No key contains “only nan”" })).toBeVisible();
  await page.getByRole("button", { name: "Show all rows" }).click();
  await page.getByLabel("Find a key").fill("payload");
  await expect(grid.getByRole("row", { name: /^payload/ }).first()).toContainText(MARKUP);
  await expectNoSideways(page);

  await request.post("/api/runfold/v1/runs/delete", { data: { run_ids: [ids[2]] } });
  await page.goto("/trash");
  await expect(page.getByRole("treegrid", { name: "Trash" })).toContainText("long-xxx");
  await expectNoSideways(page);
  await request.post("/api/runfold/v1/runs/restore", { data: { run_ids: [ids[2]] } });
});
