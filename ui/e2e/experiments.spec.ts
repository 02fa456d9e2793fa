import { expect, test } from "./server";

test("an experiment is made, found, renamed, deleted and brought back", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/experiments$/);
  await expect(page.getByRole("link", { name: "cifar10" })).toBeVisible();

  await page.getByRole("button", { name: "New experiment" }).click();
  await page.getByLabel("Name; slashes make folders").fill("audio/keywords");
  await page.getByRole("button", { name: "Create experiment" }).click();
  await page.getByLabel("Find an experiment").fill("keyw");
  await expect(page.getByRole("link", { name: "keywords" })).toBeVisible();
  await expect(page.getByRole("link", { name: "cifar10" })).toBeHidden();

  await page.getByRole("button", { name: /Actions for audio.keywords/ }).click({ force: true });
  await page.getByRole("menuitem", { name: "Edit name and description" }).click();
  await page.getByLabel("Name; slashes make folders").fill("audio/keyword-spotting");
  await page.getByLabel("Description, in Markdown").fill("Which words wake it");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Which words wake it")).toBeVisible();

  await page.getByRole("button", { name: /Actions for audio.keyword-spotting/ }).click({ force: true });
  await page.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(page.getByRole("link", { name: "keyword-spotting" })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "keyword-spotting" })).toBeVisible();
});

test("a folder opens the runs of all its experiments", async ({ page }) => {
  await page.goto("/experiments");
  await page.getByRole("link", { name: "vision", exact: true }).click();
  await expect(page.getByRole("heading", { name: "2 experiments" })).toBeVisible();
  await expect(page.getByText("29 runs", { exact: true })).toBeVisible();
});

test("the palette goes to a run by its name", async ({ page }) => {
  await page.goto("/experiments");
  // The shortcut works once the page is there, and the field takes keys once it has the focus.
  await expect(page.getByRole("link", { name: "vision", exact: true })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to" }).fill("forest-2");
  await expect(page.getByRole("option", { name: /forest-2/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "forest-2", level: 2 })).toBeVisible();
});

test("an address of MLflow's clients leads to the same experiment", async ({ page }) => {
  await page.goto("/#/experiments/1");
  await expect(page).toHaveURL(/\/experiments\/1$/);
  await expect(page.getByRole("heading", { name: "vision/cifar10" })).toBeVisible();
});

test("experiments and folders move, by mouse and by keys, and come back", async ({ page, request }) => {
  for (const name of ["sound/words/en", "sound/words/de", "sound/noise"]) await request.post("/api/2.0/mlflow/experiments/create", { data: { name } });
  await page.goto("/experiments");
  await page.getByRole("button", { name: "Actions for sound/noise" }).click({ force: true });
  await page.getByRole("menuitem", { name: "Move to folder…" }).click();
  await page.getByRole("group", { name: "Folders" }).getByRole("button", { name: "vision", exact: true }).click();
  await page.getByRole("button", { name: "Move 1 experiment" }).click();
  await expect(page.getByRole("link", { name: "noise" })).toHaveAttribute("title", "vision/noise");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "noise" })).toHaveAttribute("title", "sound/noise");

  // A folder takes what is below it along.
  await page.getByRole("button", { name: "Actions for sound", exact: true }).click({ force: true });
  await page.getByRole("menuitem", { name: "Rename or move the folder…" }).click();
  await page.getByLabel("Path of the folder").fill("vision");
  await expect(page.getByRole("list", { name: "What moves" })).toContainText("sound/words/en → vision/words/en");
  await page.getByLabel("Path of the folder").fill("hearing");
  await page.getByRole("button", { name: "Move 3 experiments" }).click();
  await expect(page.getByRole("link", { name: "en", exact: true })).toHaveAttribute("title", "hearing/words/en");
  await expect(page.getByText("3 experiments moved")).toBeVisible();

  await page.getByLabel("Find an experiment").fill("words/de");
  await expect(page.getByRole("link", { name: "hearing/words/de" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.press("m");
  await page.getByLabel("Name with its folders").fill("vision/cifar10");
  await expect(page.getByRole("alert")).toContainText("There is an experiment “vision/cifar10” already");
  await expect(page.getByRole("button", { name: "Move 1 experiment" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Move to a folder" })).toBeHidden();
  await page.keyboard.press("Delete");
  await expect(page.getByText("“hearing/words/de” moved to the trash")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No experiment contains “words/de”" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByRole("link", { name: "hearing/words/de" })).toBeVisible();

  await page.getByLabel("Find an experiment").fill("");
  await expect(page.getByRole("link", { name: "noise" })).toBeVisible();
  await page.getByRole("button", { name: "Actions for hearing", exact: true }).click({ force: true });
  await page.getByRole("menuitem", { name: "Move all 3 experiments to trash" }).click();
  await expect(page.getByRole("link", { name: "hearing", exact: true })).toBeHidden();
  await request.post("/api/runfold/v1/purge", { data: { dry_run: false } });
});

test("the arrow keys walk the tree and fold it", async ({ page }) => {
  await page.goto("/experiments");
  await page.getByLabel("Find an experiment").fill("vision");
  await expect(page.getByRole("link", { name: "cifar10" })).toBeVisible();
  await page.getByLabel("Find an experiment").fill("");
  await page.getByLabel("Find an experiment").blur();
  const vision = page.getByRole("row").filter({ has: page.getByRole("link", { name: "vision", exact: true }) });
  while (!/cursor/.test((await vision.getAttribute("class")) ?? "")) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("link", { name: "cifar10" })).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("link", { name: "cifar10" })).toBeVisible();
});
