import { expect, test } from "./server";

test("charts draw the first runs and follow zoom, axis and smoothing in the address", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  const chart = page.getByRole("img", { name: /val\/accuracy of 10 runs/ });
  await expect(chart.locator("canvas")).toBeVisible();
  await page.getByLabel("Smoothing").fill("0.5");
  await expect(page).toHaveURL(/smooth=0\.5/);
  const over = chart.locator(".u-over");
  const box = await over.boundingBox();
  if (!box) throw new Error("the chart has no place");
  await page.mouse.move(box.x + 40, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/xr=/);
  await page.getByRole("button", { name: "Show all x" }).click();
  await expect(page).not.toHaveURL(/xr=/);
  await page.getByRole("button", { name: "x: Step" }).click();
  await page.getByRole("menuitem", { name: "Time since start" }).click();
  await expect(page).toHaveURL(/x=relative/);
});

test("a run is hidden in its legend, and importance names what matters", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  await page.getByRole("button", { name: /^Draw vit-22$/ }).click();
  await expect(page.getByRole("img", { name: /val\/accuracy of 9 runs/ })).toBeVisible();
  await page.getByRole("tab", { name: "Importance" }).click();
  await expect(page.getByRole("table").getByRole("row").nth(1)).toContainText("model");
  await page.getByRole("tab", { name: "Parallel coordinates" }).click();
  await expect(page.getByRole("group", { name: /runs across model/ })).toBeVisible();
  await page.getByRole("tab", { name: "Scatter" }).click();
  await expect(page.getByRole("group", { name: /val\/accuracy over/ })).toBeVisible();
});
