import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./server";

const CHOSEN = ["cnn-00", "vit-01"];

const link = (page: Page, name: string): Locator => page.getByRole("link", { name, exact: true });
const note = (page: Page, text: string): Locator => page.getByRole("dialog").filter({ hasText: text });

async function choose(page: Page, names: string[]) {
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}` }).click();
  await expect(page.getByText(`${names.length} runs chosen`)).toBeVisible();
}

/** What the server has of the chosen runs. */
async function tagsOf(address: string, key: string): Promise<(string | undefined)[]> {
  const body = JSON.stringify({ experiment_ids: ["1"], filter: `run_name IN (${CHOSEN.map((name) => `'${name}'`).join(", ")})`, order_by: ["run_name ASC"] });
  const reply = await fetch(`${address}/api/runfold/v1/runs/search`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const { runs } = (await reply.json()) as { runs: { tags: Record<string, string> }[] };
  return runs.map(({ tags }) => tags[key]);
}

test.beforeEach(async ({ page }) => {
  await page.goto("/experiments/1");
  await expect(link(page, "vit-22")).toBeVisible();
});

test("tags of chosen runs are taken back to what each had", async ({ page, server }) => {
  const before = await tagsOf(server.address, "team");
  expect(new Set(before)).toEqual(new Set(["core", "search"]));
  await choose(page, CHOSEN);
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByLabel("Key").fill("team");
  await page.getByLabel("Value").fill("both");
  await page.getByRole("button", { name: "Set tag" }).click();
  await expect.poll(() => tagsOf(server.address, "team")).toEqual(["both", "both"]);
  await note(page, "Tagged 2 runs: team = both").getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => tagsOf(server.address, "team")).toEqual(before);
});

test("stars of chosen runs come, go, and are taken back", async ({ page, server }) => {
  const stars = () => tagsOf(server.address, "runfold.starred");
  await choose(page, CHOSEN);
  await page.getByRole("button", { name: "Star", exact: true }).click();
  await expect(page.getByLabel("Starred", { exact: true })).toHaveCount(2);
  await note(page, "2 runs starred").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("Starred", { exact: true })).toHaveCount(0);
  await expect.poll(stars).toEqual([undefined, undefined]);
  await page.getByRole("button", { name: "Star", exact: true }).click();
  await page.getByRole("button", { name: "Remove star" }).click();
  await expect.poll(stars).toEqual([undefined, undefined]);
  await note(page, "Stars of 2 runs removed").getByRole("button", { name: "Undo" }).click();
  await expect.poll(stars).toEqual(["true", "true"]);
  await page.getByRole("button", { name: "Remove star" }).click();
  await expect(page.getByLabel("Starred", { exact: true })).toHaveCount(0);
});

test("an archive is taken back", async ({ page }) => {
  await choose(page, CHOSEN);
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await expect(link(page, "cnn-00")).toBeHidden();
  await note(page, "2 runs archived").getByRole("button", { name: "Undo" }).click();
  await expect(link(page, "cnn-00")).toBeVisible();
  await expect(link(page, "vit-01")).toBeVisible();
});

test("a deletion by key is taken back", async ({ page }) => {
  await choose(page, CHOSEN);
  await page.keyboard.press("Delete");
  await expect(link(page, "vit-01")).toBeHidden();
  await note(page, "2 runs moved to the trash").getByRole("button", { name: "Undo" }).click();
  await expect(link(page, "vit-01")).toBeVisible();
});

test("runs move to another experiment and back", async ({ page }) => {
  await choose(page, CHOSEN);
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await page.getByLabel("Find an experiment").fill("churn");
  await page.getByRole("button", { name: "tabular/churn" }).click();
  await expect(link(page, "cnn-00")).toBeHidden();
  await note(page, "2 runs moved to “tabular/churn”").getByRole("button", { name: "Undo" }).click();
  await expect(link(page, "cnn-00")).toBeVisible();
});

test("hidden runs leave the table and the charts, stay in the address, and come back", async ({ page, context }) => {
  await choose(page, CHOSEN);
  await page.getByRole("button", { name: "Hide", exact: true }).click();
  await expect(link(page, "cnn-00")).toBeHidden();
  await expect(page.getByText("22 runs", { exact: true })).toBeVisible();
  await note(page, "2 runs hidden from this view").getByRole("button", { name: "Undo" }).click();
  await expect(link(page, "cnn-00")).toBeVisible();
  await expect(page).not.toHaveURL(/hide=/);

  await page.keyboard.press("j");
  await page.keyboard.press("h");
  await expect(page.getByRole("button", { name: "Show 1 hidden" })).toBeVisible();
  await expect(page.getByText("23 runs", { exact: true })).toBeVisible();
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("button", { name: "Show 1 hidden" })).toBeVisible();
  await expect(other.getByText("23 runs", { exact: true })).toBeVisible();
  await other.close();
  await page.getByRole("tab", { name: "Charts" }).click();
  await expect(page.getByRole("complementary", { name: "Runs drawn" }).getByRole("link", { name: "mixer-23" })).toBeHidden();
  await page.getByRole("tab", { name: "Table" }).click();
  await page.getByRole("button", { name: "Show 1 hidden" }).click();
  await expect(page.getByText("24 runs", { exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByText("23 runs", { exact: true })).toBeVisible();
});
