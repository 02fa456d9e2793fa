import { expect, test } from "@playwright/test";
import { RunfoldServer } from "./server";

test.describe("an empty store", () => {
  let server: RunfoldServer;
  test.beforeAll(async () => {
    server = await RunfoldServer.create();
  });
  test.afterAll(() => server.remove());

  test("says of every other page what would be there", async ({ page }) => {
    await page.goto(`${server.address}/trash`);
    await expect(page.getByRole("heading", { name: "The trash is empty" })).toBeVisible();
    await page.goto(`${server.address}/trash?tab=storage`);
    await expect(page.getByRole("heading", { name: "No files" })).toBeVisible();
    await page.goto(`${server.address}/compare`);
    await expect(page.getByRole("heading", { name: "Nothing to compare yet" })).toBeVisible();
  });

  test("shows the lines that log a first run, and the run once it is there", async ({ page }) => {
    await page.goto(server.address);
    await expect(page.getByRole("heading", { name: "Log a first run" })).toBeVisible();
    const code = page.locator("pre", { hasText: "import runfold" });
    await expect(code).toContainText(`runfold.set_tracking_uri("${server.address}")`);
    await expect(code).toContainText("with runfold.start_run():");
    await expect(code).toContainText("runfold.log_metric(");
    server.run((await code.textContent()) ?? "");
    await page.reload();
    await expect(page.getByRole("heading", { name: "Log a first run" })).toBeHidden();
    await page.getByRole("link", { name: "Default" }).click();
    await expect(page.getByText("1 run", { exact: true })).toBeVisible();
    await expect(page.getByRole("grid", { name: "Runs" })).toContainText("0.4200");
    await page.getByRole("grid", { name: "Runs" }).getByRole("link").first().click();
    await expect(page.getByRole("button", { name: /^loss 0\.4200/ })).toBeVisible();
  });
});

test.describe("100 000 runs with 12 000 keys", () => {
  let server: RunfoldServer;
  test.beforeAll(async () => {
    test.setTimeout(120_000);
    server = await RunfoldServer.create();
    await server.stop();
    server.load();
    await server.start();
  });
  test.afterAll(() => server.remove());

  test("the table shows, counts, sorts and scrolls them, drawing only what is in sight", async ({ page }) => {
    await page.goto(`${server.address}/experiments/1`);
    const grid = page.getByRole("grid", { name: "Runs" });
    await expect(page.getByRole("link", { name: "trial-100000" })).toBeVisible();
    await expect(page.getByText(/^100\s?000 runs$/)).toBeVisible();
    await page.getByRole("columnheader", { name: "val/accuracy" }).getByRole("button").first().click();
    await expect(grid.getByRole("row").nth(1)).toContainText("trial-054321");
    // Pages of rows come as the scrolling nears their end.
    const lastIndex = async () => {
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return Number(await grid.getByRole("row").last().getAttribute("aria-rowindex"));
    };
    await expect.poll(lastIndex, { timeout: 30_000 }).toBeGreaterThan(300);
    expect(await grid.getByRole("row").count()).toBeLessThan(120);
  });

  test("a key among thousands becomes a column, and a filter finds by it", async ({ page }) => {
    await page.goto(`${server.address}/experiments/1`);
    await expect(page.getByRole("link", { name: "trial-100000" })).toBeVisible();
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Find a column").fill("weight11777");
    await page.getByRole("checkbox", { name: "layer117/weight11777" }).check();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("columnheader", { name: "layer117/weight11777" })).toBeVisible();
    await page.getByRole("combobox", { name: "Filter" }).fill("metrics.`layer117/weight11777` > 0 AND params.model = 'vit'");
    await page.keyboard.press("Enter");
    await expect(page.getByText("3 runs", { exact: true })).toBeVisible();
  });

  test("the palette finds one of them", async ({ page }) => {
    await page.goto(`${server.address}/experiments`);
    await expect(page.getByRole("link", { name: "many" })).toBeVisible();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to" }).fill("trial-054321");
    await page.getByRole("option", { name: /trial-054321/ }).click();
    await expect(page.getByRole("heading", { name: "trial-054321", level: 2 })).toBeVisible();
  });
});

test.describe("a server that goes away", () => {
  let server: RunfoldServer;
  test.beforeAll(async () => {
    server = await RunfoldServer.create();
    server.run('import runfold\nfor name in ("first", "second"):\n    with runfold.start_run(run_name=name):\n        runfold.log_metric("loss", 0.5)\n');
  });
  test.afterAll(() => server.remove());

  test("is missed, and what is shown stays until it is back", async ({ page }) => {
    await page.goto(`${server.address}/experiments/0`);
    await expect(page.getByRole("link", { name: "first" })).toBeVisible();
    await page.getByRole("link", { name: "Experiments", exact: true }).first().click();
    await expect(page.getByRole("link", { name: "Default" })).toBeVisible();
    await server.stop();
    await page.getByRole("link", { name: "Default" }).click();
    await expect(page.getByText("What you see may be old")).toBeVisible({ timeout: 20_000 });
    await server.start();
    await expect(page.getByText("What you see may be old")).toBeHidden({ timeout: 20_000 });
    await expect(page.getByRole("link", { name: "second" })).toBeVisible();
  });

  test("an edit that did not reach it is taken back and said so", async ({ page }) => {
    await page.goto(`${server.address}/experiments/0`);
    await page.getByRole("link", { name: "second" }).click();
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("Name of the run").fill("third");
    await server.stop();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("region", { name: "Notifications" }).getByText("The run was not renamed")).toBeVisible();
    await server.start();
    await expect(page.getByRole("heading", { name: "second", level: 2 })).toBeVisible({ timeout: 20_000 });
  });
});
