import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./server";

const chart = (page: Page, name: RegExp) => page.getByRole("img", { name });
const panels = (page: Page) => page.locator("figure[data-panel] figcaption > span:first-child");

async function drag(page: Page, from: [number, number], to: [number, number], shift = false) {
  await page.mouse.move(...from);
  if (shift) await page.keyboard.down("Shift");
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 3 });
  await page.mouse.move(...to, { steps: 3 });
  await page.mouse.up();
  if (shift) await page.keyboard.up("Shift");
}

test("charts draw the first runs and follow zoom, pan, axis and smoothing in the address", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  const accuracy = chart(page, /val\/accuracy of 10 runs/);
  await expect(accuracy.locator("canvas")).toBeVisible();
  await page.getByLabel("Smoothing").fill("0.5");
  await expect(page).toHaveURL(/smooth=0\.5/);
  const box = await accuracy.locator(".u-over").boundingBox();
  if (!box) throw new Error("the chart has no place");
  // A brush over one chart zooms the others with it: each asks for that part in full detail.
  const zoomedLoss = page.waitForRequest((request) => {
    const body = request.url().endsWith("series/sample") ? (request.postDataJSON() as { keys: string[]; start: number | null }) : null;
    return body !== null && body.keys.includes("train/loss") && body.start !== null;
  });
  await drag(page, [box.x + 40, box.y + 60], [box.x + 120, box.y + 60]);
  await expect(page).toHaveURL(/xr=/);
  await zoomedLoss;
  const zoomed = page.url();
  await drag(page, [box.x + 40, box.y + 60], [box.x + 120, box.y + 60], true);
  await expect(page).not.toHaveURL(zoomed);
  await page.mouse.dblclick(box.x + 60, box.y + 60);
  await expect(page).not.toHaveURL(/xr=/);
  await page.getByRole("button", { name: "x: Step" }).click();
  await page.getByRole("button", { name: "Time since start" }).click();
  await expect(page).toHaveURL(/x=relative/);
  await page.getByRole("button", { name: "x: Time since start" }).click();
  await page.getByRole("searchbox", { name: "Step, a time or another metric" }).fill("train");
  await page.getByRole("button", { name: "train/loss metric" }).click();
  await expect(page).toHaveURL(/x=metrics\.train\/loss/);
  await expect(accuracy.locator("canvas")).toBeVisible();
});

/** Moves over a chart until it says something of the line under the pointer. */
async function hoverLine(page: Page, plot: Locator, share = 0.8) {
  const box = await plot.locator(".u-over").boundingBox();
  if (!box) throw new Error("the chart has no place");
  for (let y = 20; y < box.height; y += 10) {
    await page.mouse.move(box.x + box.width * share, box.y + y);
    if (await plot.getByText(/^step /).isVisible()) return;
  }
}

test("charts fill the room there is, on a laptop and on a wide screen", async ({ page }) => {
  for (const size of [{ width: 1280, height: 720 }, { width: 1920, height: 1080 }]) {
    await page.setViewportSize(size);
    await page.goto("/experiments/1?tab=charts");
    await expect(chart(page, /train\/loss of 10 runs/).locator("canvas")).toBeVisible();
    const boxes = await page.locator("figure").evaluateAll((all) => all.map((figure) => figure.getBoundingClientRect().toJSON() as DOMRect));
    expect(Math.max(...boxes.map((box) => box.bottom))).toBeGreaterThan(0.93 * size.height);
    expect(Math.max(...boxes.map((box) => box.right))).toBeGreaterThan(0.97 * size.width);
    expect(Math.max(...boxes.map((box) => box.bottom))).toBeLessThanOrEqual(size.height);
  }
});

test("a run that is hidden stays hidden in the address, and one can be drawn alone", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  await page.getByRole("button", { name: "Draw vit-22" }).click();
  await expect(page).toHaveURL(/off=[0-9a-f]{32}/);
  await page.reload();
  await expect(chart(page, /val\/accuracy of 9 runs/)).toBeVisible();
  await page.getByRole("button", { name: "Draw cnn-21" }).click({ modifiers: ["Alt"] });
  await expect(chart(page, /val\/accuracy of 1 run$/)).toBeVisible();
  await page.getByRole("button", { name: "Draw all" }).click();
  await expect(chart(page, /val\/accuracy of 10 runs/)).toBeVisible();
  await expect(page).not.toHaveURL(/off=/);
});

test("a chart draws several metrics, each with a stroke of its own", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  await chart(page, /val\/accuracy of 10 runs/).hover();
  await page.getByRole("button", { name: "Metrics in the chart val/accuracy" }).click();
  await page.getByRole("button", { name: "train/loss", exact: true }).click();
  await page.keyboard.press("Escape");
  await expect(chart(page, /val\/accuracy, train\/loss of 10 runs/).locator("canvas")).toBeVisible();
  await expect(page.getByRole("list", { name: "Metrics drawn" }).getByRole("listitem")).toHaveText(["val/accuracy", "train/loss"]);
  await page.reload();
  await expect(chart(page, /val\/accuracy, train\/loss of 10 runs/)).toBeVisible();
});

test("a run is hidden in its legend, and a click in a chart pins it there", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  await page.getByRole("button", { name: /^Draw vit-22$/ }).click();
  const accuracy = chart(page, /val\/accuracy of 9 runs/);
  await expect(accuracy).toBeVisible();
  await hoverLine(page, accuracy);
  await expect(accuracy.getByText(/^\d+ \w+ \d{4}, \d\d:\d\d:\d\d$/)).toBeVisible();
  await page.mouse.down();
  await page.mouse.up();
  const held = page.getByRole("button", { name: /^Let go of / });
  await expect(held).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(held).toBeHidden();
});

test("the board is laid out by hand, kept with a view, and forgets it again", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts&size=medium");
  await expect(panels(page)).toHaveText(["val/accuracy", "train/loss"]);
  await page.getByRole("button", { name: "Add chart" }).click();
  await page.getByRole("group", { name: "Kind of chart" }).getByRole("button", { name: "Boxes" }).click();
  await page.getByRole("group", { name: "Which metric" }).getByRole("button", { name: "val/accuracy" }).click();
  await expect(panels(page)).toHaveText(["val/accuracy by model", "val/accuracy", "train/loss"]);
  await expect(chart(page, /val\/accuracy by model, 3 groups of 24 runs/)).toBeVisible();

  const [from, to] = [await panels(page).nth(2).boundingBox(), await panels(page).nth(0).boundingBox()];
  if (!from || !to) throw new Error("the charts have no place");
  await drag(page, [from.x + 20, from.y + 8], [to.x + 10, to.y + 60]);
  await expect(panels(page)).toHaveText(["train/loss", "val/accuracy by model", "val/accuracy"]);

  await page.locator("figure").first().hover();
  await page.getByRole("button", { name: "Menu of the chart train/loss" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("How it learns");
  await page.keyboard.press("Enter");
  await expect(panels(page).first()).toHaveText("How it learns");
  const before = await page.locator("figure").first().boundingBox();
  if (!before) throw new Error("the chart has no place");
  await drag(page, [before.x + before.width - 6, before.y + before.height - 6], [before.x + before.width * 2, before.y + before.height + 80]);
  await expect.poll(async () => (await page.locator("figure").first().boundingBox())?.width ?? 0).toBeGreaterThan(before.width * 1.5);

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of the view").fill("My board");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("button", { name: "Automatic layout" }).click();
  await expect(panels(page)).toHaveText(["val/accuracy", "train/loss"]);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "My board", exact: true }).click();
  await expect(panels(page)).toHaveText(["How it learns", "val/accuracy by model", "val/accuracy"]);
});

test("a chart is saved as SVG, PNG and CSV", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts");
  await expect(chart(page, /val\/accuracy of 10 runs/)).toBeVisible();
  const save = async (word: string) => {
    await page.locator("figure").first().hover();
    await page.getByRole("button", { name: "Menu of the chart val/accuracy" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: `Save as ${word}` }).click()]);
    return readFileSync(await download.path());
  };
  expect((await save("SVG")).toString()).toMatch(/^<svg xmlns.*[\s\S]*<path d="M/);
  expect((await save("PNG")).subarray(1, 4).toString()).toBe("PNG");
  expect((await save("CSV")).toString()).toMatch(/^name,x,y\r\n.+,0,/);
});

test("each kind of chart looks at all runs that fit", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts&chart=importance");
  await expect(page.getByRole("table").getByRole("row").nth(1)).toContainText("model");
  for (const [tab, name] of [
    ["Scatter", /val\/accuracy over/],
    ["Bars", /val\/accuracy of 10 runs/],
    ["Boxes", /val\/accuracy by model, 3 groups of 24 runs/],
    ["Correlation", /Rank correlations of val\/accuracy/],
    ["Contour", /val\/accuracy over .* and .*, 24 runs/],
  ] as const) {
    await page.getByRole("tab", { name: tab }).click();
    await expect(chart(page, name)).toBeVisible();
  }
});

test("a scatter is linear until an axis is asked to go by powers of ten", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts&chart=scatter&px=params.optimizer.lr");
  await expect(page.getByRole("button", { name: "log x" })).toHaveAttribute("aria-pressed", "false");
  await page.getByRole("button", { name: "log x" }).click();
  await expect(page).toHaveURL(/plogx=1/);
  await page.getByRole("button", { name: "Put on the board" }).click();
  const menu = page.getByRole("button", { name: /^Menu of the chart val\/accuracy over/ });
  await menu.focus();
  await menu.click();
  await expect(page.getByRole("menuitemcheckbox", { name: "Log x axis" })).toHaveAttribute("aria-checked", "true");
});

test("a brush across parallel coordinates filters the table", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts&chart=parallel");
  const plot = page.getByRole("group", { name: /24 runs across model/ });
  const box = await plot.boundingBox();
  if (!box) throw new Error("the chart has no place");
  // The first axis is the model: names from foot to head, the last one at the head.
  await drag(page, [box.x + 70, box.y + 34], [box.x + 70, box.y + 90]);
  await page.getByRole("button", { name: "Filter the table to these" }).click();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue("params.model = 'vit'");
  await page.getByRole("tab", { name: "Table" }).click();
  await expect(page.getByText("8 runs", { exact: true })).toBeVisible();
});

test("groups are drawn as mean with band, and counted whole", async ({ page }) => {
  await page.goto("/experiments/1?tab=charts&group=params.model&x=relative");
  await expect(chart(page, /val\/accuracy of 3 groups/)).toBeVisible();
  // All runs have their first moments, but not all lasted as long.
  await hoverLine(page, chart(page, /val\/accuracy of 3 groups/), 0.05);
  await expect(page.getByText(/^mean of \d+/)).toBeVisible();
  await expect(page.getByText(/^step \d+$/)).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Groups drawn" }).getByRole("listitem").first()).toContainText("vit");
});
