import { expect, test } from "./server";

test("a run goes to the trash, comes back, and goes for ever", async ({ page }) => {
  await page.goto("/experiments/3");
  await page.getByRole("link", { name: "forest-0" }).click();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(page).toHaveURL(/\/experiments\/3/);

  await page.getByRole("link", { name: "Trash and storage" }).click();
  await page.getByRole("checkbox", { name: "Choose forest-0" }).check();
  await page.getByRole("button", { name: "Restore" }).click();
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

test("storage counts files by experiment and by run", async ({ page }) => {
  await page.goto("/trash?tab=storage");
  await page.getByRole("link", { name: "vision/cifar10" }).click();
  await expect(page.getByRole("link", { name: "mixer-23" })).toBeVisible();
});
