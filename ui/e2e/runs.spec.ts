import type { Page } from "@playwright/test";
import { expect, test } from "./server";

const rows = (page: Page) => page.getByRole("grid", { name: "Runs" }).getByRole("row");

test.beforeEach(async ({ page }) => {
  await page.goto("/experiments");
  await page.getByRole("link", { name: "cifar10" }).click();
  await expect(page.getByRole("link", { name: "vit-22" })).toBeVisible();
});

test("the first look shows the metrics that matter and the best run", async ({ page }) => {
  await expect(page.getByRole("columnheader", { name: "val/accuracy" })).toBeVisible();
  await expect(page.getByRole("button", { name: /best val\/accuracy/ })).toContainText("vit-");
  await expect(page.getByText(" best", { exact: true }).first()).toBeAttached();
});

test("a filter completes keys and values, marks a slip, and lives in the address", async ({ page }) => {
  const filter = page.getByRole("combobox", { name: "Filter" });
  await page.keyboard.press("/");
  await page.keyboard.type("params.mod");
  await page.getByRole("option", { name: "params.model" }).click();
  await page.keyboard.type("= 'vi");
  await page.getByRole("option", { name: /^vit/ }).click();
  await expect(filter).toHaveValue("params.model = 'vit' ");
  await expect(page).toHaveURL(/q=params\.model/);
  await expect(page.getByText("8 runs", { exact: true })).toBeVisible();

  await filter.fill("params.model = vit");
  await expect(page.getByRole("alert")).toContainText("Put text in quotes: 'vit'");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByText("24 runs", { exact: true })).toBeVisible();
});

test("a word the server does not know is marked too", async ({ page }) => {
  await page.getByRole("combobox", { name: "Filter" }).fill("flavour = 'sweet'");
  await expect(page.getByRole("alert")).toContainText("flavour");
});

test("a facet writes into the filter, and Back takes it out", async ({ page }) => {
  await page.getByRole("group", { name: "Facets" }).getByRole("button", { name: "model" }).click();
  await page.getByRole("checkbox", { name: "mixer 8" }).check();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue("params.model = 'mixer'");
  await expect(page.getByText("8 runs", { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goBack();
  await expect(page.getByText("24 runs", { exact: true })).toBeVisible();
});

test("a column sorts best first, and others are chosen among all keys", async ({ page }) => {
  await page.getByRole("columnheader", { name: "val/accuracy" }).getByRole("button").first().click();
  await expect(rows(page).nth(1)).toContainText("vit-");
  await expect(page).toHaveURL(/sort=-metrics\.val\/accuracy/);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Find a column").fill("lr");
  await page.getByRole("checkbox", { name: "optimizer.lr" }).check();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "optimizer.lr" })).toBeVisible();
});

test("the keyboard moves, chooses, looks and stars", async ({ page }) => {
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("2 runs chosen")).toBeVisible();
  await page.keyboard.press("Space");
  await expect(page.getByRole("complementary", { name: "A quick look at a run" })).toContainText("optimizer.lr");
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await expect(page.getByLabel("Starred")).toBeVisible();
  await page.keyboard.press("s");
  await expect(page.getByLabel("Starred")).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Compare the chosen runs");
});

test("chosen runs are tagged, deleted and brought back", async ({ page }) => {
  await page.getByRole("checkbox", { name: "Select mixer-02" }).click();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByLabel("Key").fill("verdict");
  await page.getByLabel("Value").fill("too slow");
  await page.getByRole("button", { name: "Set tag" }).click();
  await expect(page.getByText("Tagged 1 run: verdict = too slow")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("link", { name: "mixer-02" })).toBeHidden();
  await page.getByRole("dialog").filter({ hasText: "moved to the trash" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "mixer-02" })).toBeVisible();
});

test("groups show mean and spread", async ({ page }) => {
  await page.getByRole("button", { name: "Group" }).click();
  await page.getByRole("checkbox", { name: "model" }).check();
  await page.keyboard.press("Escape");
  const grid = page.getByRole("treegrid", { name: "Groups of runs" });
  await expect(grid.getByRole("row")).toHaveCount(4);
  await expect(grid.getByRole("row").nth(1)).toContainText("vit");
  await expect(grid.getByRole("row").nth(1)).toContainText("±");
});

test("a view is kept under a name and opens again", async ({ page }) => {
  await page.getByRole("combobox", { name: "Filter" }).fill("params.model = 'cnn'");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of the view").fill("Only cnn");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByText("24 runs", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Only cnn", exact: true }).click();
  await expect(page.getByText("8 runs", { exact: true })).toBeVisible();
});

test("what fits is exported as CSV", async ({ page }) => {
  await page.getByRole("button", { name: "Export" }).click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("runs.csv");
});

test("nested runs show as a tree, also when sorted", async ({ page }) => {
  await page.goto("/experiments/2?sort=metrics.score");
  await expect(page.getByRole("link", { name: /study-1|trial/ })).toHaveText(["study-1", "trial-0", "trial-1", "trial-2", "trial-3"]);
});

test("a new run waits behind a pill", async ({ page, server }) => {
  server.seed("more");
  await page.getByRole("button", { name: "1 new run" }).click();
  await expect(page.getByRole("link", { name: "latecomer" })).toBeVisible();
});

test("a bulk note taken back leaves the note that was there", async ({ page, server }) => {
  const note = async (run: string) => {
    await page.getByRole("checkbox", { name: "Select cnn-03" }).click();
    await page.getByRole("button", { name: "Note", exact: true }).click();
    await page.getByRole("textbox", { name: "Note" }).fill(run);
    await page.getByRole("button", { name: "Write the note" }).click();
    await expect(page.getByText("Note written to 1 run").last()).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("checkbox", { name: "Select cnn-03" }).click();
  };
  const noteOf = async () => {
    const body = JSON.stringify({ experiment_ids: ["1"], filter: "attributes.run_name = 'cnn-03'" });
    const reply = await fetch(`${server.address}/api/2.0/mlflow/runs/search`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const { runs } = (await reply.json()) as { runs: { data: { tags: { key: string; value: string }[] } }[] };
    return runs[0]?.data.tags.find(({ key }) => key === "mlflow.note.content")?.value;
  };
  await note("the first word");
  await note("the last word");
  await expect.poll(noteOf).toBe("the last word");
  await page.getByRole("dialog").filter({ hasText: "Note written" }).first().getByRole("button", { name: "Undo" }).click();
  await expect.poll(noteOf).toBe("the first word");
});

test("archived runs leave the table, and come back from the archive", async ({ page }) => {
  await page.getByRole("checkbox", { name: "Select cnn-06" }).click();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await expect(page.getByRole("link", { name: "cnn-06" })).toBeHidden();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Show archived runs" }).click();
  await page.getByRole("checkbox", { name: "Select cnn-06" }).click();
  await page.getByRole("button", { name: "Unarchive" }).click();
  await page.goto("/experiments/1");
  await expect(page.getByRole("link", { name: "cnn-06" })).toBeVisible();
});

test("min, max and last of a metric are columns of their own", async ({ page }) => {
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Find a column").fill("train/loss");
  const picker = page.getByRole("dialog", { name: "Columns" });
  const stat = (name: string) => picker.getByRole("button", { name, exact: true });
  await expect(stat("min")).toHaveCount(1);
  await stat("min").click();
  await stat("max").click();
  const last = stat("last");
  const isShown = (await last.getAttribute("aria-pressed")) === "true";
  await last.click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: /^train\/loss/ })).toHaveCount(isShown ? 2 : 3);
});

test("rows do not wait for the keys of the metrics", async ({ page }) => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/keys/search", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/experiments/1");
  await expect(page.getByRole("link", { name: "vit-22" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "val/accuracy" })).toBeHidden();
  answer();
  await expect(page.getByRole("columnheader", { name: "val/accuracy" })).toBeVisible();
  await expect(page.getByText(" best", { exact: true }).first()).toBeAttached();
});
