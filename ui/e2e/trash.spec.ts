import { expect, test } from "./server";

/** What the tests before left there. */
test.beforeEach(async ({ request }) => {
  await request.post("/api/runfold/v1/purge", { data: { dry_run: false } });
});

test("a run goes to the trash, comes back, and goes for ever", async ({ page }) => {
  await page.goto("/experiments/3");
  await page.getByRole("link", { name: "forest-0" }).click();
  await expect(page.getByRole("heading", { name: "forest-0", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(page).toHaveURL(/\/experiments\/3/);

  await page.getByRole("link", { name: "Trash and storage" }).click();
  await page.getByRole("checkbox", { name: "Choose forest-0" }).check();
  await page.getByRole("button", { name: "Restore 1" }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByText("emptying the trash frees")).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose forest-0" }).check();
  await page.keyboard.press("r");
  await expect(page.getByText("The trash is empty")).toBeVisible();

  await page.goto("/experiments/3");
  await page.getByRole("checkbox", { name: "Select forest-0" }).click();
  await page.keyboard.press("Delete");
  await page.goto("/trash");
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await expect(page.getByRole("dialog")).toContainText("This cannot be undone");
  await page.getByRole("button", { name: /Remove 1 runs? for ever/ }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
});

test("an experiment goes and comes back with its runs", async ({ page, request }) => {
  const change = (call: string) => request.post(`/api/2.0/mlflow/experiments/${call}`, { data: { experiment_id: "2" } });
  await change("delete");
  await page.goto("/trash");
  await page.getByRole("button", { name: "Show the runs of vision/sweep" }).click();
  await expect(page.getByRole("link", { name: "trial-3" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Choose trial-3" })).toBeHidden();
  await page.getByRole("button", { name: "Remove what is old" }).click();
  await page.getByRole("menuitem", { name: /for 30 days/ }).click();
  await expect(page.getByRole("dialog")).toContainText("Everything stays");
  await expect(page.getByRole("button", { name: /^Remove 0/ })).toBeDisabled();
  await page.getByRole("button", { name: "Keep them" }).click();
  await page.getByRole("checkbox", { name: "Choose vision/sweep" }).check();
  await page.getByRole("button", { name: "Restore 1" }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  await page.goto("/experiments/2");
  await expect(page.getByRole("link", { name: "study-1" })).toBeVisible();
});

test("storage counts files by experiment and by run", async ({ page }) => {
  await page.goto("/trash?tab=storage");
  await page.getByRole("link", { name: "vision/cifar10" }).click();
  await expect(page.getByRole("link", { name: "mixer-23" })).toBeVisible();
});
