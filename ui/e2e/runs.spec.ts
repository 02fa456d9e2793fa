import { readFile } from "node:fs/promises";
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
  await expect(page.getByLabel("Starred", { exact: true })).toBeVisible();
  await page.keyboard.press("s");
  await expect(page.getByLabel("Starred", { exact: true })).toBeHidden();
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

test("what fits is exported as CSV and JSON, and as Python that finds the same", async ({ page, server }) => {
  await page.goto("/experiments/1?q=params.model+%3D+'vit'&sort=run_name&cols=params.model,metrics.val/accuracy");
  await expect(page.getByText("8 runs", { exact: true })).toBeVisible();
  const save = async (kind: string) => {
    await page.getByRole("button", { name: "Export" }).click();
    const waiting = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: kind }).click();
    const download = await waiting;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
  };
  const csv = await save("CSV");
  const lines = csv.text.trim().split(/\r?\n/);
  expect([csv.name, lines.length, lines[0]]).toEqual(["runs.csv", 9, "run_id,run_name,params.model,metrics.val/accuracy"]);
  expect(lines[1]).toMatch(/^[0-9a-f]{32},vit-01,vit,0\.\d+$/);
  const json = await save("JSON");
  const rows = JSON.parse(json.text) as Record<string, unknown>[];
  expect([json.name, rows.length, rows[7]?.run_name, rows[7]?.["params.model"]]).toEqual(["runs.json", 8, "vit-22", "vit"]);

  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Python" }).click();
  const code = (await page.getByRole("dialog").locator("pre").textContent()) ?? "";
  server.run(`${code}\nassert list(runs["tags.mlflow.runName"]) == ${JSON.stringify(rows.map((row) => row.run_name))}, runs`);
});

test("nested runs show as a tree, also when sorted", async ({ page }) => {
  await page.goto("/experiments/2?sort=metrics.score");
  await expect(page.getByRole("link", { name: /study-1|trial/ })).toHaveText(["study-1", "trial-0", "trial-1", "trial-2", "trial-3"]);
});

test("a tree keeps its upper levels where a filter leaves them out", async ({ page, server }) => {
  server.run(`
import runfold
runfold.set_experiment("vision/deep")
with runfold.start_run(run_name="study"):
    for fold in range(2):
        with runfold.start_run(run_name=f"fold-{fold}", nested=True):
            for trial in range(2):
                with runfold.start_run(run_name=f"trial-{fold}{trial}", nested=True):
                    runfold.log_metric("score", fold - trial / 4)
`);
  await page.goto("/experiments");
  await page.getByRole("link", { name: "deep" }).click();
  const tree = page.getByRole("treegrid", { name: "Runs" });
  const shown = () => tree.getByRole("row").evaluateAll((rows) => rows.slice(1).map((row) => `${row.getAttribute("aria-level")} ${row.querySelector("a")?.textContent}`));
  await expect(page.getByText("7 runs", { exact: true })).toBeVisible();
  await page.getByRole("columnheader", { name: "score" }).getByRole("button").first().click();
  await expect.poll(shown).toEqual(["1 study", "2 fold-1", "3 trial-10", "3 trial-11", "2 fold-0", "3 trial-00", "3 trial-01"]);

  await page.getByRole("combobox", { name: "Filter" }).fill("metrics.score > 0.8");
  await page.keyboard.press("Enter");
  await expect.poll(shown).toEqual(["1 study", "2 fold-1", "3 trial-10"]);
  await expect(page.getByTitle("study: does not fit the filter, holds runs that do")).toBeVisible();
  await page.getByRole("button", { name: "Hide 1 nested runs" }).last().click();
  await expect.poll(shown).toEqual(["1 study", "2 fold-1"]);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Nested runs as a tree" }).click();
  await expect(page.getByRole("grid", { name: "Runs" }).getByRole("row")).toHaveCount(2);
});

test("the state of a row changes where it stands", async ({ page, request }) => {
  const call = async (name: string, data: object) => (await request.post(`/api/2.0/mlflow/runs/${name}`, { data })).json() as Promise<{ run: { info: { run_id: string } } }>;
  const { run } = await call("create", { experiment_id: "3", run_name: "live", start_time: Date.now() });
  await page.goto("/experiments/3");
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "live", exact: true }) });
  await expect(row).toContainText("Running");
  await call("log-metric", { run_id: run.info.run_id, key: "auc", value: 0.25, timestamp: Date.now(), step: 1 });
  await expect(row).toContainText("0.2500");
  await call("update", { run_id: run.info.run_id, status: "FINISHED", end_time: Date.now() });
  await expect(row).toContainText("Finished");
  await call("delete", { run_id: run.info.run_id });
  await expect(row).toHaveCount(0);
  await request.post("/api/runfold/v1/purge", { data: { run_ids: [run.info.run_id], dry_run: false } });
});

test("a slip is marked under its character", async ({ page }) => {
  const filter = page.getByRole("combobox", { name: "Filter" });
  for (const [text, at] of [["params.model = 'vit' AND flavour = 'x'", 25], ["metrics.loss << 3", 14]] as const) {
    await filter.fill(text);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();
    const mark = page.getByRole("alert").getByText("▲");
    expect(await mark.textContent()).toBe(`${" ".repeat(at)}▲`);
    // The mark's spaces are as wide as the field's letters, and begin where these do.
    const look = (element: HTMLElement) => {
      const { fontFamily, fontSize, paddingLeft } = getComputedStyle(element);
      return { font: `${fontSize} ${fontFamily}`, start: Math.round(element.getBoundingClientRect().x + parseFloat(paddingLeft)) };
    };
    expect(await mark.evaluate(look)).toEqual(await filter.evaluate(look));
  }
});

test("Back and forward go through sorting, columns, tabs and groups", async ({ page }) => {
  const grid = page.getByRole("grid", { name: "Runs" });
  await page.getByRole("columnheader", { name: "val/accuracy" }).getByRole("button").first().click();
  await expect(rows(page).nth(1)).toContainText("vit-");
  await page.getByRole("tab", { name: "Charts" }).click();
  await expect(page.getByRole("complementary", { name: "Runs drawn" })).toBeVisible();
  await page.goBack();
  await expect(grid).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/sort=/);
  await expect(rows(page).nth(1)).toContainText("mixer-23");
  await page.goForward();
  await expect(rows(page).nth(1)).toContainText("vit-");
  await page.goForward();
  await expect(page.getByRole("complementary", { name: "Runs drawn" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("complementary", { name: "Runs drawn" })).toBeVisible();
});

test("a new run waits behind a pill", async ({ page, request }) => {
  const call = async (name: string, data: object) => (await request.post(`/api/2.0/mlflow/runs/${name}`, { data })).json() as Promise<{ run: { info: { run_id: string } } }>;
  const { run } = await call("create", { experiment_id: "1", run_name: "latecomer", start_time: Date.now() });
  const run_id = run.info.run_id;
  await page.getByRole("button", { name: "1 new run" }).click();
  await expect(page.getByRole("link", { name: "latecomer" })).toBeVisible();
  await call("delete", { run_id });
  await request.post("/api/runfold/v1/purge", { data: { run_ids: [run_id], dry_run: false } });
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
  await expect(page.getByText("out of the archive")).toBeVisible();
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
  const places = () => Promise.all(["Name", "State", "Started", "Duration", "User"].map(async (name) => (await page.getByRole("columnheader", { name: new RegExp(`^${name}`) }).boundingBox())?.x));
  const before = await places();
  answer();
  await expect(page.getByRole("columnheader", { name: "val/accuracy" })).toBeVisible();
  // Nothing that was there moves.
  expect(await places()).toEqual(before);
  await expect(page.getByText(" best", { exact: true }).first()).toBeAttached();
});
