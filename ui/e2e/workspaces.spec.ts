/** Workspaces on a server with users: choosing one, keeping them apart, and who may enter. */
import { type Browser, type Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { PASSWORD, type Team, expect, makeAdministrator, withTeam } from "./team";

const test = withTeam();
const HOSTILE = `<img src=x onerror="document.title='owned'"> "quoted" ‮desrever`;

test.describe.configure({ mode: "serial" });

/** A call that the page's session makes. */
async function ask(page: Page, path: string, body: object): Promise<void> {
  const refused = await page.evaluate(
    async ([path, body]) => {
      const reply = await fetch(`/${path}`, { method: "POST", body, headers: { "X-Runfold-Page": "1", "Content-Type": "application/json" } });
      return reply.ok ? "" : reply.text();
    },
    [path, JSON.stringify(body)] as const,
  );
  expect(refused, path).toBe("");
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Experiments" })).toBeVisible();
}

async function elsewhere(browser: Browser, team: Team, name: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: team.server.address })).newPage();
  await signIn(page, name);
  return page;
}

test("nothing tells of workspaces until an administrator makes the first, which is closed to others", async ({ page, team }) => {
  await makeAdministrator(page, team);
  for (const name of ["ann", "ben"]) await ask(page, "api/runfold/v1/users/create", { name, password: PASSWORD });
  await ask(page, "api/runfold/v1/grants/set", { subject: "everyone", place: "everything", role: "contributor" });
  await ask(page, "ajax-api/2.0/mlflow/experiments/create", { name: "for all" });
  await page.reload();
  await expect(page.getByRole("link", { name: "for all" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Workspace / })).toHaveCount(0);

  await page.getByRole("button", { name: "root" }).click();
  await page.getByRole("menuitem", { name: "Workspaces" }).click();
  await expect(page.getByText("Everything is in one workspace")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make a workspace" }).click();
  await page.getByLabel("Name: small letters").fill("Not A Name");
  await page.getByRole("button", { name: "Make the workspace" }).click();
  await expect(page.getByRole("alert")).toContainText("2 to 63 small letters");
  await expectAccessible(page, "make", "[role=dialog]");
  await page.getByLabel("Name: small letters").fill("vision");
  await page.getByLabel("Description").fill(HOSTILE);
  await page.getByRole("button", { name: "Make the workspace" }).click();

  await expect(page.getByRole("heading", { name: "Members" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Role of Everyone" })).toHaveValue("none");
  await expect(page.getByText(HOSTILE)).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).or(page.getByRole("combobox", { name: "Name", exact: true })).first().fill("ann");
  await page.getByRole("combobox", { name: "Role", exact: true }).selectOption("manager");
  await expect(page.getByText("Would change what 1 user may do: ann from no access to manager.")).toBeVisible();
  await page.getByRole("button", { name: "Grant the role" }).click();
  await expect(page.getByRole("combobox", { name: "Role of ann" })).toHaveValue("manager");
  await page.getByRole("tab", { name: /Who can see it/ }).click();
  await expect(page.getByRole("row", { name: /^ann Manager Granted directly, on the workspace vision/ })).toBeVisible();
  await expectAccessible(page);
  expect(await page.title()).not.toContain("owned");
});

test("the switcher leads to the same page elsewhere, and Back leads back", async ({ page }) => {
  await signIn(page, "root");
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("button", { name: "Workspace default" }).click();
  await expectAccessible(page, "switcher", "[role=dialog]");
  await page.getByRole("link", { name: /^vision/ }).click();
  await expect(page).toHaveURL(/\/w\/vision\/models$/);
  await expect(page.getByRole("button", { name: "Workspace vision" })).toBeVisible();
  await page.getByRole("link", { name: "Experiments", exact: true }).click();
  await expect(page).toHaveURL(/\/w\/vision\/experiments$/);
  await expect(page.getByRole("link", { name: "for all" })).toHaveCount(0);
  await expect(page.getByText('runfold.set_workspace("vision")')).toBeVisible();
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(/\/models$/);
  await expect(page.getByRole("button", { name: "Workspace default" })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole("button", { name: "Workspace vision" })).toBeVisible();

  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Go to" }).fill("workspace def");
  await page.getByRole("option", { name: /Go to workspace default/ }).click();
  await expect(page).toHaveURL(/\/w\/default\/models$/);
});

test("tabs in two workspaces do not disturb each other, and make things in their own", async ({ page, context }) => {
  await signIn(page, "root");
  await page.goto("/w/vision/experiments");
  const other = await context.newPage();
  await other.goto("/experiments");
  await expect(other.getByRole("link", { name: "for all" })).toBeVisible();
  await page.getByRole("button", { name: "New experiment" }).first().click();
  await page.getByLabel("Name; slashes make folders").fill("for all");
  await page.getByRole("button", { name: "Create experiment" }).click();
  await expect(page).toHaveURL(/\/w\/vision\/experiments/);
  await page.goto("/w/vision/experiments");
  await page.getByRole("link", { name: "for all" }).click();
  const inVision = new URL(page.url()).pathname;
  await other.reload();
  await other.getByRole("link", { name: "for all" }).click();
  await expect(other).toHaveURL(/^[^?]*\/experiments\/\d+$/);
  expect(new URL(other.url()).pathname).not.toBe(inVision.replace("/w/vision", ""));

  // Names that are in both are told before anything moves.
  await other.goto("/workspaces/vision");
  await other.getByRole("button", { name: "Delete" }).click();
  await expect(other.getByRole("dialog").getByText("Experiments")).toBeVisible();
  await other.getByRole("radio", { name: /It moves to another workspace/ }).check();
  await expect(other.getByRole("alert")).toContainText("experiment:for all");
  await expect(other.getByRole("button", { name: "Move everything to default" })).toBeDisabled();
  await expectAccessible(other, "clash", "[role=dialog]");
  await other.getByRole("button", { name: "Keep it" }).click();
});

test("a manager decides on members; to a stranger the workspace is a page that is not there", async ({ browser, team }) => {
  const ann = await elsewhere(browser, team, "ann");
  await ann.goto("/w/vision/workspaces/vision");
  await expect(ann.getByRole("combobox", { name: "Role of ann" })).toBeVisible();
  await expect(ann.getByRole("button", { name: "Delete", exact: true })).toHaveCount(0);
  await ann.getByRole("button", { name: "Describe" }).click();
  await ann.getByLabel("Description").fill("Cameras");
  await ann.getByRole("button", { name: "Save the workspace" }).click();
  await expect(ann.getByRole("main").getByText("Cameras")).toBeVisible();

  const ben = await elsewhere(browser, team, "ben");
  await expect(ben.getByRole("link", { name: "for all" })).toBeVisible();
  await expect(ben.getByRole("button", { name: /^Workspace / })).toHaveCount(0);
  for (const name of ["vision", "nothing", "%3Cb%3E", "%E0%A4%A"]) {
    await ben.goto(`/w/${name}/models/churn`);
    await expect(ben.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  }
  await expectAccessible(ben);
  await ben.goto("/workspaces/vision");
  await expect(ben.getByRole("heading", { name: "There is no such page" })).toBeVisible();

  await ann.getByLabel("Name").first().fill("ben");
  await ann.getByRole("button", { name: "Grant the role" }).click();
  await expect(ann.getByRole("combobox", { name: "Role of ben" })).toHaveValue("reader");
  await ben.goto("/w/vision/experiments");
  await expect(ben.getByRole("button", { name: "Workspace vision" })).toBeVisible();
  await ben.goto("/workspaces/vision");
  await expect(ben.getByText("You are here: Reader")).toBeVisible();
});

test("who has a workspace of their own is led there, whatever page they open", async ({ page, browser, team }) => {
  await signIn(page, "root");
  await ask(page, "api/runfold/v1/users/update", { name: "ann", workspace: "vision" });
  const ann = await elsewhere(browser, team, "ann");
  await ann.goto("/models?q=x");
  await expect(ann).toHaveURL(/\/w\/vision\/models\?q=x$/);
  await ann.goto("/w/default/models");
  await expect(ann.getByRole("button", { name: "Workspace default" })).toBeVisible();
});

test("of many workspaces the one that is meant is found by typing", async ({ page }) => {
  await signIn(page, "root");
  for (let i = 0; i < 12; i++) await ask(page, "ajax-api/3.0/mlflow/workspaces", { name: `team-${i}`, description: `Team ${i}` });
  await page.goto("/workspaces");
  await expect(page.getByText("14 workspaces")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("g");
  await page.keyboard.press("w");
  await page.getByRole("searchbox", { name: "Find a workspace" }).last().fill("team-7");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/w\/team-7\/workspaces$/);
  await page.getByRole("button", { name: "Delete team-9" }).click();
  await page.getByRole("button", { name: "Delete the workspace" }).click();
  await expect(page.getByText("13 workspaces")).toBeVisible();
});

test("a workspace goes to the trash with what it holds, comes back, and is removed for ever", async ({ page }) => {
  await signIn(page, "root");
  await page.goto("/w/team-1/experiments");
  await page.getByRole("button", { name: "New experiment" }).first().click();
  await page.getByLabel("Name; slashes make folders").fill("wine");
  await page.getByRole("button", { name: "Create experiment" }).click();
  await expect(page.getByRole("link", { name: "wine" })).toBeVisible();
  const trash = async () => {
    await page.goto("/w/default/workspaces/team-1");
    await page.getByRole("button", { name: "Delete" }).click();
    await expectAccessible(page, "delete", "[role=dialog]");
    await page.getByRole("button", { name: "Send it to the trash" }).click();
    await expect(page.getByRole("row", { name: /^team-1 / })).toBeVisible();
  };
  await trash();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Restore team-1" }).click();
  await expect(page.getByRole("link", { name: "team-1", exact: true })).toBeVisible();
  await page.goto("/w/team-1/experiments");
  await expect(page.getByRole("link", { name: "wine" })).toBeVisible();

  await trash();
  await page.getByRole("button", { name: "Remove team-1 for ever" }).click();
  const remove = page.getByRole("button", { name: "Remove it for ever" });
  await expect(page.getByRole("dialog").getByText("Experiments")).toBeVisible();
  await expect(remove).toBeDisabled();
  await page.getByLabel("Type team-1 to confirm").fill("team-1");
  await expectAccessible(page, "purge", "[role=dialog]");
  await remove.click();
  await expect(page.getByText("The workspace team-1 is removed for ever")).toBeVisible();
  await expect(page.getByRole("heading", { name: "In the trash" })).toHaveCount(0);
});

test("a manager makes a rule of the workspace after seeing what it would do, and others have none", async ({ browser, team }) => {
  const ann = await elsewhere(browser, team, "ann");
  await ask(ann, "api/runfold/v1/runs/register?workspace=vision", { experiment_name: "checkpoints", run_name: "old", status: "FINISHED", start_time_ms: 1000, end_time_ms: 2000 });
  await ann.goto("/w/vision/workspaces/vision");
  await ann.getByRole("button", { name: "Make a rule" }).click();
  await ann.getByLabel("Name", { exact: true }).last().fill("old runs");
  await ann.getByRole("button", { name: "See what would go" }).click();
  await expect(ann.getByText("1 run would go now")).toBeVisible();
  await expect(ann.getByText("It acts with your rights")).toBeVisible();
  await expectAccessible(ann, "rule", "[role=dialog]");
  await ann.getByRole("button", { name: "Set the rule" }).click();
  await expect(ann.getByText("with the rights of ann")).toBeVisible();
  await ann.getByRole("button", { name: "Carry out old runs now" }).click();
  await expect(ann.getByText("1 run went to the trash, 0 purged")).toBeVisible();
  await expectAccessible(ann);
  await ann.goto("/w/vision/trash?tab=rules");
  await expect(ann.getByRole("cell", { name: "old runs" }).first()).toBeVisible();

  const ben = await elsewhere(browser, team, "ben");
  await ben.goto("/w/vision/workspaces/vision");
  await expect(ben.getByText("You are here: Reader")).toBeVisible();
  await expect(ben.getByRole("heading", { name: "What is kept" })).toHaveCount(0);
});
