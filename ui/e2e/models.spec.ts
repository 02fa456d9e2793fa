import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./server";

const MARKUP = "<img src=x onerror=alert(1)>";
const PARTS = ["overview", "files", "use", "try"].map((tab) => `/models/churn/2?tab=${tab}`);
const PAGES = ["/models", "/models/churn", "/models/churn?tab=aliases", ...PARTS, "/models/churn/compare?versions=1,2"];

test.beforeAll(({ server }) => server.seed("models"));

test("the list is filtered in the one language and leads to a model", async ({ page }) => {
  await page.goto("/models");
  const grid = page.getByRole("grid", { name: "Models" });
  await expect(grid.getByRole("row", { name: /churn/ })).toContainText("@champion");
  await expect(grid).toContainText(MARKUP);
  await page.keyboard.press("/");
  await page.keyboard.type("metrics.auc > 0.9");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/filter=metrics\.auc/);
  await expect(grid.getByRole("row")).toHaveCount(2);
  await grid.getByRole("link", { name: "churn" }).click();
  await expect(page.getByRole("heading", { name: "churn", level: 2 })).toBeVisible();
});

test("an alias moves, is undone, and its past can be asked for", async ({ page }) => {
  await page.goto("/models/churn/1");
  await page.getByRole("button", { name: "Set alias" }).click();
  await page.getByLabel("Alias", { exact: true }).fill("champion");
  await expect(page.getByRole("dialog")).toContainText("“champion” is version 2 now");
  await page.getByRole("button", { name: "Move alias" }).click();
  await expect(page.getByText("“champion” is version 1 now")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.goto("/models/churn?tab=aliases");
  await expect(page.getByRole("row").nth(1)).toContainText("v2");
  await page.getByRole("button", { name: "Return to v1" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("back from version 2");
  await page.getByLabel("What was it on").fill("2020-01-01");
  await expect(page.getByRole("status").filter({ hasText: "at the end of that day" })).toContainText("champion was not set");
});

test("versions are compared, and metadata is corrected in its place", async ({ page }) => {
  await page.goto("/models/churn");
  await page.getByRole("checkbox", { name: "Choose version 1" }).check();
  await page.getByRole("checkbox", { name: "Choose version 2" }).check();
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/compare\?versions=1,2/);
  await expect(page.getByRole("row", { name: /^auc/ })).toContainText("0.9100");
  await page.goto("/models/churn/2");
  await page.getByRole("button", { name: "Change owner" }).click();
  await page.getByLabel("Owner", { exact: true }).fill("ada");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Change owner, now ada" })).toBeVisible();
});

test("a version shows its files and the lines that call it", async ({ page }) => {
  await page.goto("/models/churn/2?tab=files&file=MLmodel");
  await expect(page.getByText("python_function")).toBeVisible();
  await page.getByRole("tab", { name: "Load and call" }).click();
  await page.getByRole("tab", { name: "curl" }).click();
  await expect(page.getByRole("tabpanel", { name: "curl" })).toContainText("dataframe_split");
  await page.getByRole("tab", { name: "Try it out" }).click();
  await expect(page.getByText("No scoring server is known here")).toBeVisible();
});

test("the folder of a run becomes a version", async ({ page }) => {
  await page.goto("/models/churn/2");
  await page.getByRole("group", { name: "Lineage" }).getByRole("link", { name: "boosted-2" }).click();
  await page.getByRole("tab", { name: "Artifacts" }).click();
  await page.getByRole("treeitem", { name: "model" }).click();
  await page.getByRole("treeitem", { name: /MLmodel/ }).click();
  await page.getByRole("button", { name: "Register this model" }).click();
  await page.getByLabel("Registered model").fill("churn again");
  await page.getByRole("button", { name: "Create and register" }).click();
  await expect(page).toHaveURL(/\/models\/churn%20again\/1/);
});

test("hostile names stay text, and what is not there says so", async ({ page }) => {
  page.on("dialog", (dialog) => {
    throw new Error(`A script of a name ran: ${dialog.message()}`);
  });
  await page.goto(`/models/${encodeURIComponent(MARKUP)}`);
  await expect(page.getByRole("heading", { name: MARKUP, level: 2 })).toBeVisible();
  await expect(page.getByRole("link", { name: "click" })).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.goto("/models/none");
  await expect(page.getByRole("heading", { name: "There is no such model" })).toBeVisible();
  await page.goto("/models/churn/99");
  await expect(page.getByRole("heading", { name: "There is no such version" })).toBeVisible();
});

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on the pages of models, ${theme}`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: theme });
    for (const address of PAGES) {
      await page.goto(address);
      await expect(page.locator("main > *").first()).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect.soft(serious.map(({ id, nodes }) => `${address} ${id}: ${nodes[0]?.target.join(" ")} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
    }
  });
}
