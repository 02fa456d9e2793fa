/** People on a server with users: coming in, staying in, and what they may do. */
import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import type { RunfoldServer } from "./server";
import { PASSWORD, expect, withTeam } from "./team";

const test = withTeam();

test.describe.configure({ mode: "serial" });

async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Another person, at another machine. */
async function elsewhere(browser: Browser, server: RunfoldServer): Promise<Page> {
  return (await browser.newContext({ baseURL: server.address })).newPage();
}

test("the first administrator is made by the link that the server prints, once", async ({ page, team }) => {
  await page.goto(team.setupLink);
  await expectAccessible(page);
  await page.getByLabel("Name").fill("root");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill("something else");
  await page.getByLabel("New password").focus();
  await expect(page.getByText("The two are not the same.")).toBeVisible();
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the administrator" }).click();
  await expect(page.getByRole("heading", { name: "Experiments" })).toBeVisible();
  expect(page.url()).not.toContain("code");
  await page.getByRole("button", { name: "root" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.goto(team.setupLink);
  await page.getByLabel("Name").fill("mallory");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the administrator" }).click();
  await expect(page.getByText("is not valid, or not any more")).toBeVisible();
});

test("who opens a page signs in and is there; a wrong password says nothing of who exists", async ({ page }) => {
  await page.goto("/experiments/0?tab=charts");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expectAccessible(page);
  for (const name of ["root", "nobody"]) {
    await signIn(page, name, "wrong password");
    await expect(page.getByRole("alert")).toHaveText("The name and the password or token do not go together.");
  }
  await signIn(page, "root");
  await expect(page.getByRole("heading", { name: "Default" })).toBeVisible();
  expect(page.url()).toContain("/experiments/0?tab=charts");
});

test("who opens a file of the server is led to it by the sign-in page", async ({ page }) => {
  await page.goto("/api/runfold/v1/account");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(page, "root");
  await expect(page.getByText('"name":"root"')).toBeVisible();
});

test("an administrator invites somebody, who chooses a password and makes a token", async ({ page, browser, team }) => {
  await page.goto("/users");
  await signIn(page, "root");
  await page.getByRole("button", { name: "Add a user" }).click();
  await page.getByLabel("Name").fill("ann");
  await page.getByRole("button", { name: "Add and make a link" }).click();
  const link = await page.getByRole("dialog").locator("pre").innerText();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: /ann/ })).toBeVisible();
  await expectAccessible(page);

  const ann = await elsewhere(browser, team.server);
  await ann.goto(link);
  await expect(ann.getByLabel("Name")).toHaveValue("ann");
  await ann.getByLabel("New password").fill(PASSWORD);
  await ann.getByLabel("The same again").fill(PASSWORD);
  await ann.getByRole("button", { name: "Keep the password" }).click();
  await expect(ann.getByRole("heading", { name: "Experiments" })).toBeVisible();
  await ann.getByRole("button", { name: "ann" }).click();
  await expect(ann.getByRole("menuitem", { name: "Users and groups" })).toHaveCount(0);
  await ann.getByRole("menuitem", { name: "Your account" }).click();
  await ann.getByRole("tab", { name: "Tokens" }).click();
  await ann.getByRole("button", { name: "Make a token" }).click();
  await ann.getByLabel("What it is for").fill("nightly");
  await ann.getByRole("dialog").getByRole("button", { name: "Make the token" }).click();
  const secret = await ann.getByRole("dialog").locator("pre").innerText();
  expect(secret).toMatch(/^rft_/);
  await ann.getByRole("button", { name: "Done" }).click();
  await expect(ann.getByRole("row", { name: /nightly.*log.*never/ })).toBeVisible();
  await expectAccessible(ann);
  const answer = await fetch(`${team.server.address}/api/runfold/v1/account`, { headers: { Authorization: `Bearer ${secret}` } });
  expect(((await answer.json()) as { user: { name: string } }).user.name).toBe("ann");
  await ann.goto("/users");
  await expect(ann.getByText("This page is for administrators")).toBeVisible();
  await ann.context().close();
});

test("a token is limited to places that are chosen by their names", async ({ page, team }) => {
  await page.goto("/experiments");
  await signIn(page, "root");
  await page.getByRole("button", { name: "New experiment" }).click();
  await page.getByLabel("Name; slashes make folders").fill("limited/wine");
  await page.getByRole("button", { name: "Create experiment" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.goto("/account?tab=tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What it is for").fill("one place");
  await dialog.getByLabel("Where it works").selectOption("some");
  const make = dialog.getByRole("button", { name: "Make the token" });
  await expect(make).toBeDisabled();
  await dialog.getByLabel("Name of the place").fill("nowhere");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("No experiment is called “nowhere”.");
  await dialog.getByLabel("Name of the place").fill("limited/wine");
  await dialog.getByLabel("Name of the place").press("Enter");
  await dialog.getByLabel("Kind").selectOption("Folder");
  await dialog.getByLabel("Name of the place").fill("limited");
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.getByRole("button", { name: "Leave out Folder limited" }).click();
  await expectAccessible(page);
  await make.click();
  const secret = await dialog.locator("pre").innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: /one place.*only experiment:\d+/ })).toBeVisible();
  const answer = await fetch(`${team.server.address}/api/2.0/mlflow/experiments/search`, {
    method: "POST",
    headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" },
    body: JSON.stringify({ max_results: 10 }),
  });
  const found = (await answer.json()) as { experiments: { name: string }[] };
  expect(found.experiments.map(({ name }) => name)).toEqual(["limited/wine"]);
});

test("a session that ends while a page is open asks, and the page goes on", async ({ page, browser, team }) => {
  await page.goto("/experiments");
  await signIn(page, "root");
  await page.getByRole("button", { name: "New experiment" }).click();
  await page.getByLabel("Name; slashes make folders").fill("team/kept");
  const other = await elsewhere(browser, team.server);
  await other.goto("/account");
  await signIn(other, "root");
  await expect(other.getByRole("heading", { name: "Where you are signed in" })).toBeVisible();
  await expectAccessible(other);
  await other.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await other.context().close();

  await page.getByRole("button", { name: "Create experiment" }).click();
  const again = page.getByRole("dialog", { name: "You are signed out" });
  await again.getByLabel("Password", { exact: true }).fill("wrong password");
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again.getByRole("alert")).toBeVisible();
  await expectAccessible(page);
  await again.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again).toHaveCount(0);
  await expect(page.getByRole("row", { name: /kept/ })).toBeVisible();
});

test("a password is changed with the old one, and other browsers are signed out", async ({ page, browser, team }) => {
  await page.goto("/account");
  await signIn(page, "ann");
  const other = await elsewhere(browser, team.server);
  await other.goto("/account");
  await signIn(other, "ann");
  await expect(other.getByRole("row", { name: /This browser/ })).toBeVisible();
  const renewed = `${PASSWORD} renewed`;
  await page.getByLabel("Password so far").fill("wrong password");
  await page.getByLabel("New password").fill(renewed);
  await page.getByLabel("The same again").fill(renewed);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("do not go together")).toBeVisible();
  await page.getByLabel("Password so far").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(page.getByRole("table", { name: "Where you are signed in" }).getByRole("row")).toHaveCount(2);
  await other.reload();
  await signIn(other, "ann", renewed);
  await expect(other.getByRole("row", { name: /This browser/ })).toBeVisible();
  await other.context().close();
});

test("groups are made and changed", async ({ page }) => {
  await page.goto("/users?tab=groups");
  await signIn(page, "root");
  await page.getByRole("button", { name: "Make a group" }).click();
  await page.getByLabel("Name").fill("vision");
  await page.getByLabel("ann").check();
  await page.getByRole("dialog").getByRole("button", { name: "Make the group" }).click();
  const vision = page.getByRole("row", { name: /vision.*ann/ });
  await expect(vision).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Find a group or member").fill("zebra");
  await expect(page.getByText("0 groups")).toBeVisible();
  await page.getByLabel("Find a group or member").fill("AN");
  await expect(vision).toBeVisible();
  await page.getByRole("button", { name: "Change vision" }).click();
  await expect(page.getByRole("dialog").getByText("1 member", { exact: true })).toBeVisible();
  await expect(page.getByRole("dialog").getByLabel("ann")).toBeChecked();
});

test("access is granted, explained and taken back; what one may not do is explained", async ({ page, browser, team }) => {
  const renewed = `${PASSWORD} renewed`;
  await page.goto("/experiments");
  await signIn(page, "root");
  await page.getByRole("button", { name: "Actions for team/kept" }).click();
  await page.getByRole("menuitem", { name: "Access…" }).click();
  const dialog = page.getByRole("dialog", { name: "Access to team/kept" });
  await expect(dialog.getByLabel("Role of root")).toHaveValue("manager");
  await dialog.getByRole("combobox", { name: "To" }).selectOption("group");
  await dialog.getByRole("combobox", { name: "Name" }).fill("vision");
  await expect(dialog.getByText("Would change what 1 user may do: ann from no access to reader.")).toBeVisible();
  await dialog.getByRole("button", { name: "Grant the role" }).click();
  await expect(dialog.getByRole("row", { name: /Group vision/ })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("tab", { name: /Who can see it/ }).click();
  await expect(dialog.getByRole("row", { name: "ann Reader Granted to the group vision, on this experiment." })).toBeVisible();
  await expect(dialog.getByRole("row", { name: "root Manager Administrators may do everything." })).toBeVisible();
  await expectAccessible(page);

  const ann = await elsewhere(browser, team.server);
  await ann.goto("/experiments");
  await signIn(ann, "ann", renewed);
  await ann.getByRole("button", { name: "Actions for team/kept" }).click();
  await ann.getByRole("menuitem", { name: "Access…" }).click();
  await expect(ann.getByText("You are here: Reader, who sees everything in it. Granted to the group vision, on this experiment.")).toBeVisible();
  await ann.getByRole("button", { name: "Done" }).click();

  await dialog.getByRole("tab", { name: "What is granted" }).click();
  await dialog.getByRole("button", { name: "Take back from Group vision" }).click();
  await expect(dialog.getByRole("row", { name: /Group vision/ })).toHaveCount(0);
  await ann.reload();
  await expect(ann.getByRole("button", { name: "Actions for team/kept" })).toHaveCount(0);
  await ann.context().close();
});

test("what is made in a folder is its maker's alone, where new ones are closed", async ({ page, browser, team }) => {
  const make = async (name: string) => {
    await page.goto("/experiments");
    await page.getByRole("button", { name: "New experiment" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill(name);
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await page.goto("/experiments");
  await signIn(page, "root");
  await expect(page.getByRole("button", { name: "New experiment" })).toBeVisible();
  await make("team/before");
  await page.goto("/experiments");
  await page.getByRole("button", { name: "Actions for team", exact: true }).click();
  await page.getByRole("menuitem", { name: "Access…" }).click();
  const dialog = page.getByRole("dialog", { name: "Access to team" });
  await dialog.getByRole("combobox", { name: "To" }).selectOption("everyone");
  await dialog.getByRole("combobox", { name: "Role", exact: true }).selectOption("contributor");
  await dialog.getByRole("button", { name: "Grant the role" }).click();
  await expect(dialog.getByLabel("Role of Everyone")).toHaveValue("contributor");
  await dialog.getByRole("tab", { name: "What new ones get" }).click();
  await expect(dialog.getByText("Nothing: new ones have what they inherit.")).toBeVisible();
  await dialog.getByRole("combobox", { name: "To" }).selectOption("everyone");
  await dialog.getByRole("combobox", { name: "Role", exact: true }).selectOption("none");
  await dialog.getByRole("button", { name: "Grant the role" }).click();
  await expect(dialog.getByLabel("Role of Everyone")).toHaveValue("none");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await make("team/draft");

  const ann = await elsewhere(browser, team.server);
  await ann.goto("/experiments");
  await signIn(ann, "ann", `${PASSWORD} renewed`);
  for (const name of ["kept", "before"]) await expect(ann.getByRole("button", { name: `Actions for team/${name}` })).toBeVisible();
  await expect(ann.getByText("draft")).toHaveCount(0);
  await ann.context().close();
});
