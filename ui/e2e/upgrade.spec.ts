/** A store that everybody could use, and then gets users: what its first administrator and a newcomer find. */
import { expectAccessible } from "./axe";
import { RunfoldServer, expect, test as base } from "./server";

const PASSWORD = "correct horse battery";

const test = base.extend<object, { opened: RunfoldServer }>({
  opened: [
    async ({}, use) => {
      const server = await RunfoldServer.create();
      server.run("import runfold\nrunfold.set_experiment('before')\nwith runfold.start_run():\n    runfold.log_metric('loss', 0.5)");
      await server.restart("--auth");
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ opened }, use) => use(opened.address),
});

test("an open store gets users: the first administrator is told that others see nothing, and shares it", async ({ page, browser, opened }) => {
  const setupLink = /http\S+\/setup#code=\S+/.exec(opened.told)?.[0] ?? "";
  await page.goto(setupLink);
  await page.getByLabel("Name").fill("root");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the administrator" }).click();
  await expect(page.getByRole("link", { name: "before" })).toBeVisible();
  const notice = page.getByRole("region", { name: "Who sees this" });
  await expect(notice).toContainText("Only administrators see everything here.");
  await expectAccessible(page);

  await page.evaluate(
    async (password) => {
      const body = JSON.stringify({ name: "ann", password });
      await fetch("/api/runfold/v1/users/create", { method: "POST", body, headers: { "X-Runfold-Page": "1", "Content-Type": "application/json" } });
    },
    PASSWORD,
  );
  const ann = await (await browser.newContext({ baseURL: opened.address })).newPage();
  await ann.goto("/experiments");
  await ann.getByRole("textbox", { name: "Name", exact: true }).fill("ann");
  await ann.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ann.getByRole("button", { name: "Sign in" }).click();
  await expect(ann.getByText("Here is what you make, and what others share with you")).toBeVisible();
  await expect(ann.getByRole("link", { name: "before" })).toHaveCount(0);
  await expect(ann.getByRole("region", { name: "Who sees this" })).toHaveCount(0);
  await expectAccessible(ann);

  await notice.getByRole("button", { name: "Share everything…" }).click();
  await page.getByRole("combobox", { name: "To", exact: true }).selectOption("everyone");
  await expect(page.getByText("Would change what 1 user may do: ann from no access to reader.")).toBeVisible();
  await page.getByRole("button", { name: "Grant the role" }).click();
  await expect(page.getByRole("combobox", { name: "Role of Everyone" })).toHaveValue("reader");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(notice).toHaveCount(0);
  await ann.reload();
  await expect(ann.getByRole("link", { name: "before" })).toBeVisible();
});
