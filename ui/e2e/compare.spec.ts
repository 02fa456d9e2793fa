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

  await page.getByRole("button", { name: /^Baseline/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "mixer-20" }).click();
  await expect(page).toHaveURL(/base=/);

  // The baseline stays first, the others stand by what they have in a row; the address knows.
  const accuracy = grid.getByRole("row", { name: /^val\/accuracy/ });
  const heads = async () => (await grid.getByRole("columnheader").getByRole("link").allTextContents()).slice(1);
  const chosen = await heads();
  await accuracy.getByRole("button", { name: "val/accuracy" }).click();
  await expect(page).toHaveURL(/by=metrics/);
  const best = await heads();
  await page.reload();
  await expect(accuracy.getByLabel("Ordered by this, the best first")).toBeVisible();
  expect(await heads()).toEqual(best);
  await accuracy.getByRole("button", { name: "val/accuracy" }).click();
  await expect(accuracy.getByLabel("Ordered by this, the best last")).toBeVisible();
  expect(await heads()).toEqual(best.toReversed());
  await accuracy.getByRole("button", { name: "val/accuracy" }).click();
  await expect(page).not.toHaveURL(/by=/);
  expect(await heads()).toEqual(chosen);

  await page.getByRole("tab", { name: "Charts" }).click();
  await expect(page.getByRole("img", { name: /val\/accuracy of 4 runs/ }).locator("canvas")).toBeVisible();
  await page.getByRole("button", { name: "Draw vit-22" }).click();
  await expect(page.getByRole("img", { name: /val\/accuracy of 3 runs/ }).locator("canvas")).toBeVisible();

  const plot = page.getByRole("img", { name: /val\/accuracy of 3 runs/ });
  const box = await plot.locator(".u-over").boundingBox();
  if (!box) throw new Error("the chart has no place");
  for (let y = 20; y < box.height; y += 12) {
    await page.mouse.move(box.x + box.width * 0.8, box.y + y);
    if (await plot.getByText(/^step /).isVisible()) break;
  }
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole("button", { name: /^Let go of / }).click();
  await expect(page.getByRole("button", { name: /^Let go of / })).toBeHidden();
  await page.getByRole("tab", { name: "Code" }).click();
  await expect(page.getByText("Packages", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Why better" }).click();
  await expect(page.getByRole("cell", { name: "model", exact: true })).toBeVisible();
});

test("a run that is gone is left out on request, and one run is no comparison", async ({ page }) => {
  await page.goto("/experiments/1");
  await page.getByRole("checkbox", { name: "Select cnn-21" }).click();
  await page.getByRole("checkbox", { name: "Select vit-22" }).click();
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { name: "Compare 2 runs" })).toBeVisible();
  await page.goto(`${page.url()},${"f".repeat(32)}`);
  await page.getByRole("button", { name: "Compare the other 2 runs" }).click();
  await expect(page.getByRole("grid", { name: "Comparison" })).toBeVisible();
  await page.goto("/compare");
  await expect(page.getByRole("heading", { name: "Nothing to compare yet" })).toBeVisible();
});
