import { expect, test } from "./server";

test("chosen runs are compared by what differs", async ({ page }) => {
  await page.goto("/experiments/1");
  for (const name of ["cnn-21", "vit-22", "vit-19", "mixer-20"]) await page.getByRole("checkbox", { name: `Select ${name}` }).click();
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { name: "Compare 4 runs" })).toBeVisible();
  const grid = page.getByRole("grid", { name: "Comparison" });
  await expect(grid.getByRole("row", { name: /^model/ })).toContainText("cnn");
  await expect(grid.getByRole("row", { name: /^optimizer.name/ })).toBeHidden();
  await expect(grid.getByRole("row", { name: /^val\/accuracy/ })).toContainText("%");
  await page.getByRole("button", { name: "Only differences" }).click();
  await expect(grid.getByRole("row", { name: /^optimizer.name/ })).toBeVisible();

  await page.getByRole("tab", { name: "Charts" }).click();
  await expect(page.getByRole("img", { name: /val\/accuracy of 4 runs/ }).locator("canvas")).toBeVisible();
  await page.getByRole("tab", { name: "Code" }).click();
  await expect(page.getByText("Packages", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Why better" }).click();
  await expect(page.getByRole("cell", { name: "model", exact: true })).toBeVisible();
});
