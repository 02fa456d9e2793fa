import { createServer } from "node:http";
import { expectAccessible } from "./axe";
import { expect, test } from "./server";

const MARKUP = "<img src=x onerror=alert(1)>";
const PARTS = ["overview", "files", "use", "try"].map((tab) => `/models/churn/2?tab=${tab}`);
const TABS = ["aliases", "promotions", "policy"].map((tab) => `/models/churn?tab=${tab}`);
const PAGES = ["/models", "/registry", "/registry?tab=webhooks", "/models/churn", ...TABS, ...PARTS, "/models/churn/compare?versions=1,2"];

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

test("a version is tried out on a real scoring server", async ({ page, server }) => {
  test.setTimeout(180_000);
  server.seed("scored");
  const scoring = await server.serveModel("models:/line@champion");
  try {
    await server.restart("--scoring-servers", `try=http://127.0.0.1:${scoring.port}`);
    await page.goto("/models/line/1?tab=try");
    await expect(page.getByLabel("Input, as JSON")).toHaveValue(/"x"/);
    await page.getByRole("button", { name: "Predict" }).click();
    const answer = page.getByRole("region", { name: "Answer" });
    await expect(answer).toContainText("by line/1");
    await expect(answer.getByRole("row").nth(1)).toContainText("2");
    await page.getByLabel("Input, as JSON").fill('{"dataframe_split": {"columns": ["y"], "data": [[1]]}}');
    await page.keyboard.press("Control+Enter");
    await expect(answer).toContainText("Refused with status 400");
    await expect(answer).toContainText("The input lacks 'x'");
    await page.goto("/models/line/2?tab=try");
    await page.getByRole("button", { name: "Predict" }).click();
    await expect(answer).toContainText("That is another model or version than the one of this page.");
  } finally {
    await scoring.stop();
    await server.restart();
  }
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

test("a promotion is asked for, approved by somebody else, and moves the alias", async ({ page }) => {
  await page.goto("/models/churn/1");
  await page.getByRole("button", { name: "Ask for promotion" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Alias that is to move here").fill("canary");
  await dialog.getByLabel("Your name").fill("ada");
  await dialog.getByLabel("Why, in Markdown").fill("Smaller, and **as good**.");
  await dialog.getByRole("button", { name: "Condition" }).click();
  await dialog.getByLabel("Condition, in the search language").fill("metrics.auc > 0.9");
  await dialog.getByRole("button", { name: "Ask for promotion" }).click();
  const request = page.getByRole("article", { name: "Request for canary, version 1" });
  await expect(request).toContainText("fails: The version fulfils metrics.auc > 0.9");
  await expect(request).toContainText("One gate fails, and 1 approval is missing.");
  await expect(request.getByRole("button", { name: "Move canary to v1" })).toBeDisabled();
  await request.getByRole("button", { name: "Withdraw the request" }).click();
  await expect(request).toContainText("Withdrawn");

  await page.goto("/models/churn/2");
  await expect(page.getByRole("button", { name: "Ask for promotion" })).toBeVisible();
  await page.keyboard.press("p");
  await dialog.getByLabel("Alias that is to move here").fill("canary");
  await dialog.getByRole("button", { name: "Ask for promotion" }).click();
  const second = page.getByRole("article", { name: "Request for canary, version 2" });
  await expect(second.getByRole("button", { name: "Approve" })).toBeDisabled();
  await second.getByLabel("Your name").fill("eve");
  await second.getByLabel("Comment, in Markdown").fill("Looked at the slices.");
  await second.getByRole("button", { name: "Approve" }).click();
  await expect(second).toContainText("eve approved");
  await second.getByRole("button", { name: "Move canary to v2" }).click();
  await expect(second).toContainText("Merged");
  await expect(page.getByText("“canary” is version 2 now")).toBeVisible();
  await page.getByRole("tab", { name: "Aliases" }).click();
  await expect(page.getByRole("row", { name: /canary/ })).toContainText("Promotion request");
});

test("a policy is set for the server and for a model, and taken back", async ({ page }) => {
  await page.goto("/registry");
  await page.getByLabel("Formats that may be registered").fill("skops,");
  await page.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByText("The policy holds from now on")).toBeVisible();
  await page.goto("/models/churn?tab=policy");
  await expect(page.getByLabel("Formats that may be registered")).toHaveAttribute("placeholder", "as on the server: skops");
  await page.getByLabel("Licence").check();
  await expect(page.getByText(/A version here may be/)).toContainText("kept as skops");
  await page.getByRole("button", { name: "Save policy" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("Licence")).not.toBeChecked();
  await page.goto("/registry");
  await page.getByRole("button", { name: "Remove skops" }).click();
  await page.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByRole("button", { name: "Save policy" })).toBeDisabled();
});

test("a webhook is made, tried, told of a change, and switched off", async ({ page, server }) => {
  const heard: string[] = [];
  const hook = createServer((request, answer) => {
    request.on("data", (part: Buffer) => heard.push(part.toString()));
    request.on("end", () => answer.writeHead(request.url === "/gone" ? 410 : 204).end());
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const { port } = hook.address() as { port: number };
  try {
    await server.restart("--webhook-hosts", `127.0.0.1:${port}`);
    await page.goto("/registry?tab=webhooks");
    await page.getByRole("button", { name: "New webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("deploy");
    await dialog.getByLabel("Address").fill("http://10.0.0.1/hooks");
    await dialog.getByRole("button", { name: "Create webhook" }).click();
    await expect(dialog.getByRole("alert")).toContainText("10.0.0.1");
    await dialog.getByLabel("Address").fill(`http://127.0.0.1:${port}/hooks`);
    await dialog.getByLabel("Secret that signs what is sent").fill("a long random text");
    await dialog.getByRole("button", { name: "Create webhook" }).click();
    const webhook = page.getByRole("article", { name: "Webhook deploy" });
    await expect(webhook).toContainText("signed");
    await webhook.getByRole("button", { name: "Send a test" }).click();
    await expect(webhook.getByRole("status")).toContainText("Delivered: answered with 204");

    await page.request.post(`${server.address}/api/2.0/mlflow/registered-models/alias`, { data: { name: "churn", alias: "told", version: "1" } });
    await expect(webhook.getByRole("list")).toContainText("delivered with 204", { timeout: 20_000 });
    expect(heard.some((text) => text.includes('"told"'))).toBe(true);
    await webhook.getByRole("button", { name: "Change" }).click();
    await dialog.getByLabel("Address").fill(`http://127.0.0.1:${port}/gone`);
    await dialog.getByRole("button", { name: "Save webhook" }).click();
    await webhook.getByText("model_version_alias.created").last().click();
    await webhook.getByRole("button", { name: "Send again" }).click();
    await expect(webhook.getByRole("list")).toContainText("failed with 410", { timeout: 20_000 });
    await webhook.getByRole("button", { name: "Switch off" }).click();
    await expect(webhook).toContainText("switched off");
    await webhook.getByRole("button", { name: "Delete" }).click();
    await dialog.getByRole("button", { name: "Delete webhook" }).click();
    await expect(page.getByText("No webhook yet")).toBeVisible();
  } finally {
    hook.closeAllConnections();
    hook.close();
    await server.restart();
  }
});

test("a version is copied under another name", async ({ page }) => {
  await page.goto("/models/churn/2");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Copy under another name" }).click();
  await page.getByLabel("Registered model").fill("churn-live");
  await page.getByRole("button", { name: "Copy version" }).click();
  await expect(page).toHaveURL(/\/models\/churn-live\/1/);
  await expect(page.getByText("models:/churn/2")).toBeVisible();
});

test("the files of a version are verified, and a change is seen", async ({ page, server }) => {
  await page.goto("/models/churn/2");
  await page.getByRole("button", { name: "Verify files" }).click();
  await expect(page.getByText("Unchanged: each of 2 files")).toBeVisible();
  server.run("import pathlib; [path.write_text('flavors: {}\\n') for path in pathlib.Path('.runfold').rglob('MLmodel')]");
  await page.getByRole("button", { name: "Verify files" }).click();
  await expect(page.getByText("These are not the files that were registered.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Files that differ" })).toContainText("changedMLmodel");
});

/** Says in the database how the registration of a version stands; the server itself reads no such model here. */
const standing = (status: string, message = "") => `
import sqlite3
with sqlite3.connect('.runfold/runfold.db', timeout=20) as db:
    db.execute("UPDATE model_versions SET status = ?, status_message = ? WHERE source = 's3://large/m'", ('${status}', '${message}'))
`;

test("a large model shows that it is being registered, and then why it failed", async ({ page, server }) => {
  await page.request.post(`${server.address}/api/runfold/v1/models/create`, { data: { name: "large" } });
  await page.request.post(`${server.address}/api/runfold/v1/model-versions/register`, { data: { name: "large", source: "s3://large/m" } });
  server.run(standing("PENDING_REGISTRATION"));
  await page.goto("/models/large");
  await expect(page.getByRole("grid", { name: "Versions" })).toContainText("being registered");
  await page.goto("/models/large/1");
  await expect(page.getByRole("status")).toContainText("The server reads the files of this large model");
  await expect(page.getByRole("button", { name: "Set alias" })).toBeDisabled();

  server.run(standing("FAILED_REGISTRATION", "The model would run harmful code when it is loaded."));
  await expect(page.getByRole("status")).toContainText("harmful code");
  await page.goto("/models/large");
  await expect(page.getByRole("grid", { name: "Versions" })).toContainText("failed");
});

test("space opens a quick look that follows the keyboard", async ({ page }) => {
  await page.goto("/models");
  await expect(page.getByRole("grid", { name: "Models" })).toContainText("churn");
  await page.keyboard.press("j");
  await page.keyboard.press("Space");
  const look = page.getByRole("complementary", { name: "A quick look at a model" });
  await expect(look).toBeVisible();
  const first = await look.getByRole("heading", { level: 2 }).textContent();
  await page.keyboard.press("j");
  await expect(look.getByRole("heading", { level: 2 })).not.toHaveText(first ?? "");
  await page.keyboard.press("Escape");
  await expect(look).toHaveCount(0);
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

test("axe finds nothing serious on the pages of models", async ({ page }) => {
  test.setTimeout(120_000);
  for (const address of PAGES) {
    await page.goto(address);
    await expect(page.locator("main > *").first()).toBeVisible();
    await expectAccessible(page, address);
  }
});
