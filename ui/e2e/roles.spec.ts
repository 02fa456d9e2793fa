/** Roles of one's own: made, granted, felt, changed and removed. */
import { expectAccessible } from "./axe";
import { administer } from "./house";
import { PASSWORD, expect, makeAdministrator, withTeam } from "./team";

const test = withTeam();
test.describe.configure({ mode: "serial" });

test("an administrator makes a role, which the list and the choosers offer", async ({ page, team }) => {
  await makeAdministrator(page, team);
  const { address } = team.server;
  await administer(address, "users/create", { name: "ann", password: PASSWORD });
  await administer(address, "runs/register", { experiment_name: "wine", run_name: "one", status: "FINISHED" });

  await page.goto("/users?tab=roles");
  const roles = page.getByRole("grid", { name: "Roles" });
  await expect(roles.getByText("built in")).toHaveCount(4);
  await expectAccessible(page, "roles");
  await page.getByRole("button", { name: "Make a role" }).click();
  const form = page.getByRole("dialog", { name: "Make a role" });
  await form.getByRole("textbox", { name: "Name" }).fill("manager");
  await form.getByRole("button", { name: "Make the role" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await form.getByRole("textbox", { name: "Name" }).fill("labeller");
  await form.getByLabel("What it is for").fill("Tags runs, and no more");
  await expect(form.getByRole("checkbox", { name: /^read:/ })).toBeDisabled();
  await form.getByRole("checkbox", { name: /^record:/ }).check();
  await expectAccessible(page, "make a role", "[role=dialog]");
  await form.getByRole("button", { name: "Make the role" }).click();
  await expect(roles.getByText("read and record")).toBeVisible();

  await page.goto("/experiments");
  await page.getByRole("button", { name: "Actions for wine" }).click();
  await page.getByRole("menuitem", { name: "Access…" }).click();
  const access = page.getByRole("dialog");
  await access.getByLabel("Name", { exact: true }).fill("ann");
  await access.getByRole("combobox", { name: "Role", exact: true }).selectOption("labeller");
  await expect(access.getByRole("status")).toContainText("ann from no access to labeller");
  await access.getByRole("button", { name: "Grant the role" }).click();
  await expect(access.getByRole("combobox", { name: "Role of User ann" }).or(access.getByRole("combobox", { name: "Role of ann" }))).toHaveValue("labeller");
});

test("who has it may do what it can, and is told the rest", async ({ browser, team }) => {
  const page = await (await browser.newContext({ baseURL: team.server.address })).newPage();
  await page.goto("/experiments/1");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("ann");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "wine" })).toBeVisible();
  await page.getByRole("link", { name: "one" }).click();
  await expect(page.getByText("May read and record")).toBeVisible();
});

test("a role in use is kept, and can be changed; one that nobody has goes", async ({ page, team }) => {
  await page.goto("/users?tab=roles");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("root");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Remove labeller" }).click();
  const doomed = page.getByRole("dialog");
  await expect(doomed.getByText("1 grant and 0 tokens name it.")).toBeVisible();
  await expect(doomed.getByRole("button", { name: "Remove the role" })).toBeDisabled();
  await doomed.getByRole("button", { name: "Keep it" }).click();

  await page.getByRole("button", { name: "Change labeller" }).click();
  const form = page.getByRole("dialog", { name: "Change the role labeller" });
  await form.getByRole("textbox", { name: "Name" }).fill("annotator");
  await form.getByRole("checkbox", { name: /^promote:/ }).check();
  await form.getByRole("button", { name: "Save the role" }).click();
  await expect(page.getByRole("grid", { name: "Roles" }).getByText("read, record and promote")).toBeVisible();

  await administer(team.server.address, "grants/remove", { subject: "user:ann", place: "experiment:1" });
  await page.reload();
  await page.getByRole("button", { name: "Remove annotator" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the role" }).click();
  await expect(page.getByText("Role annotator is removed")).toBeVisible();
});
