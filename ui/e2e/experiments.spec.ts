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
