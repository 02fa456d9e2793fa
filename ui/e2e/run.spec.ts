import { createHash } from "node:crypto";
import { expect, test } from "./server";

test.beforeEach(async ({ page }) => {
  await page.goto("/experiments/1");
  await page.getByRole("link", { name: "mixer-23" }).click();
  await expect(page.getByRole("heading", { name: "mixer-23", level: 2 })).toBeVisible();
});

test("the overview takes a note, a tag and another name", async ({ page }) => {
  await page.getByRole("button", { name: "Write a note", exact: true }).click();
  await page.getByLabel("Note, in Markdown").fill("**Keep** this one");
  await page.getByRole("button", { name: "Save note" }).click();
  await expect(page.locator("strong", { hasText: "Keep" })).toBeVisible();

  await page.getByRole("button", { name: "Add a tag" }).click();
  await page.getByLabel("New tag, as key = value").fill("stage = candidate");
  await page.keyboard.press("Enter");
  await expect(page.getByTitle("stage = candidate")).toBeVisible();
  await page.getByRole("button", { name: "Change the tag stage, now candidate" }).click();
  await page.getByLabel("Value of the tag stage").fill("chosen");
  await page.keyboard.press("Enter");
  await expect(page.getByTitle("stage = chosen")).toBeVisible();
  await page.getByRole("button", { name: "Remove the tag stage" }).click();
  await expect(page.getByTitle("stage = chosen")).toBeHidden();

  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Name of the run").fill("mixer-final");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "mixer-final", level: 2 })).toBeVisible();
  // The name changes at once; the note about it comes with the server's answer, above the earlier ones.
  await expect(page.getByText("Renamed", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByRole("heading", { name: "mixer-23", level: 2 })).toBeVisible();
});

test("params, metrics and charts each have a place", async ({ page }) => {
  await page.getByRole("tab", { name: /Params/ }).click();
  await expect(page.getByRole("table", { name: "Params" })).toContainText("adam");
  await page.getByRole("tab", { name: /Metrics/ }).click();
  await page.getByLabel("Find a metric").fill("acc");
  await expect(page.getByRole("grid", { name: "Metrics" }).getByRole("row")).toHaveCount(2);
  await page.getByRole("tab", { name: "Charts" }).click();
  await expect(page.getByRole("img", { name: /train\/loss of 1 run/ }).locator("canvas")).toBeVisible();
});

test("files are looked into, images follow the steps", async ({ page }) => {
  await page.getByRole("tab", { name: "Artifacts" }).click();
  await page.getByRole("treeitem", { name: /report\.md/ }).click();
  await expect(page.getByRole("heading", { name: "Report" })).toBeVisible();
  await page.getByRole("treeitem", { name: "tables" }).click();
  await page.getByRole("treeitem", { name: /per_class\.csv/ }).click();
  await expect(page.getByRole("cell", { name: "0.81" })).toBeVisible();
  await page.getByRole("treeitem", { name: /scores\.parquet/ }).click();
  await expect(page.getByText("The first 200 of 3000 rows, 3 columns")).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "label string" })).toBeVisible();
  await expect(page.getByRole("row", { name: "199 class 3" })).toBeVisible();
  await page.getByRole("treeitem", { name: /mistakes\.json/ }).click();
  await expect(page.getByRole("row", { name: "8 3" })).toBeVisible();
  await page.getByRole("treeitem", { name: /config\.json/ }).click();
  const digest = createHash("sha256").update(JSON.stringify({ layers: 12 }, null, 2)).digest("hex");
  await expect(page.getByTitle(digest)).toBeVisible();
  await page.getByRole("tab", { name: "Images" }).click();
  await expect(page.getByRole("img", { name: "predictions at step 80" })).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("img", { name: "predictions at step 40" })).toBeVisible();
  const isLoaded = await page.getByRole("img", { name: "predictions at step 40" }).evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth));
  expect(isLoaded).toBe(16);
});

test("a failed run shows the last lines of its error", async ({ page }) => {
  await page.goto("/experiments/3");
  await page.getByRole("link", { name: "broken" }).click();
  await expect(page.getByText("ValueError: the batch is empty").first()).toBeVisible();
});

test("a param that was removed comes back, a metric is asked about first", async ({ page }) => {
  await page.getByRole("tab", { name: /Params/ }).click();
  await page.getByRole("button", { name: "Remove the param optimizer.name" }).click();
  await expect(page.getByRole("table", { name: "Params" })).not.toContainText("adam");
  await page.getByRole("dialog").filter({ hasText: "Param “optimizer.name” removed" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("table", { name: "Params" })).toContainText("adam");
  await page.getByRole("tab", { name: /Metrics/ }).click();
  await page.getByRole("button", { name: "Remove the metric train/loss" }).click();
  await expect(page.getByRole("dialog", { name: "Remove this metric from the run?" })).toContainText("All points of train/loss go for good");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("grid", { name: "Metrics" })).toContainText("train/loss");
});

test("the run moves to another experiment, and back", async ({ page }) => {
  await page.keyboard.press("m");
  await page.getByLabel("Find an experiment").fill("sweep");
  await page.getByRole("dialog", { name: "Move the run" }).getByRole("button", { name: "vision/sweep" }).click();
  const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
  await expect(crumbs).toContainText("vision/sweep");
  await page.getByRole("dialog").filter({ hasText: "Moved to “vision/sweep”" }).getByRole("button", { name: "Undo" }).click();
  await expect(crumbs).toContainText("vision/cifar10");
});

test("the lines that log a run like this one do so", async ({ page, server }) => {
  const code = page.locator("pre", { hasText: "import runfold" });
  await expect(code).toContainText("val/accuracy");
  // Elsewhere, since other tests count the runs here.
  server.run((await code.textContent())?.replace("vision/cifar10", "copies") ?? "");
  await page.goto("/experiments");
  await page.getByRole("link", { name: "copies" }).click();
  await page.getByRole("link", { name: "mixer-23" }).click();
  await expect(page.getByTitle("optimizer.name", { exact: true })).toBeVisible();
});

test("a run that goes on shows its metrics and its end without a reload", async ({ page, request }) => {
  const call = async (name: string, data: object) => (await request.post(`/api/2.0/mlflow/runs/${name}`, { data })).json() as Promise<{ run: { info: { run_id: string } } }>;
  const { run } = await call("create", { experiment_id: "3", run_name: "going on", start_time: Date.now() });
  const run_id = run.info.run_id;
  await page.goto(`/runs/${run_id}`);
  await expect(page.getByRole("heading", { name: "going on", level: 2 })).toBeVisible();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await call("log-metric", { run_id, key: "auc", value: 0.75, timestamp: Date.now(), step: 1 });
  await expect(page.getByRole("button", { name: /^auc 0\.7500/ })).toBeVisible();
  await call("update", { run_id, status: "FAILED", end_time: Date.now() });
  await expect(page.getByText("Failed", { exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Why it did not finish" })).toBeVisible();
  await call("delete", { run_id });
});

test("an unknown run and an unknown page say so", async ({ page }) => {
  await page.goto("/runs/ffffffffffffffffffffffffffffffff");
  await expect(page.getByRole("heading", { name: "There is no such run" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Go to the experiments" })).toBeVisible();
  await page.goto("/nowhere/at/all");
  await expect(page.getByRole("alert")).toContainText("There is no such page");
});
