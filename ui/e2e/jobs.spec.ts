import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, test } from "./server";
import { Sshd } from "./sshd";

const PROJECT = fileURLToPath(new URL("../../examples/elastic_net", import.meta.url));
const NAME = "elastic <b>net</b>";
const AT = `/projects/${encodeURIComponent(NAME)}`;
const LONG_MS = 120_000;

// One story: what a test leaves is what the next begins with.
test.describe.configure({ mode: "serial" });

let endAgent: () => Promise<void> = () => Promise.resolve();
test.beforeAll(({ server }) => {
  endAgent = server.agent(2);
});
test.afterAll(() => endAgent());
test.beforeEach(() => test.setTimeout(3 * LONG_MS));

const field = (within: Page | Locator, name: string) => within.getByRole("textbox", { name: new RegExp(`^${name}`) });
const facts = (page: Page) => page.locator("main p").filter({ hasText: "asked for" });

test("a project is registered here, and an agent reads its entry points", async ({ page }) => {
  await page.goto("/projects");
  await expect(page.getByText("Register a first project")).toBeVisible();
  await page.keyboard.press("n");
  await page.getByLabel("Where its code is").fill(PROJECT);
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Description").fill("Fits an elastic net.");
  await page.getByRole("button", { name: "Register the project" }).click();
  await expect(page.getByRole("heading", { name: NAME, level: 2 })).toBeVisible();
  await expect(field(page, "alpha")).toHaveAttribute("placeholder", "0.01", { timeout: LONG_MS });
  await expect(page.getByRole("complementary")).toContainText("read");
});

test("it runs with changed parameters, its log is watched and searched, and its run has the metrics", async ({ page }) => {
  await page.goto(AT);
  await field(page, "alpha").fill("-1");
  await expect(page.getByRole("alert")).toHaveText("Parameter 'alpha' is '-1'; it takes a number of at least 0.");
  await field(page, "alpha").fill("0.05");
  await field(page, "steps").fill("30");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Show the job" }).click();
  await expect(page.getByRole("log")).toContainText("Project elastic net, entry point main", { timeout: LONG_MS });
  await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });
  await expect(page.getByText(/· elastic.*: finished/)).toBeVisible();
  await expect(page.getByRole("complementary")).toContainText("Preparing");
  await page.keyboard.press("/");
  await page.keyboard.type("ENTRY POINT MAIN");
  await expect(page.getByRole("status").filter({ hasText: "with “ENTRY POINT MAIN”" })).toContainText("1 line");
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.getByRole("tab", { name: "Params" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("0.05");
  await page.getByRole("tab", { name: /Metrics/ }).click();
  await expect(page.getByRole("tabpanel")).toContainText(/r2|rmse|mse/);
});

test("a run is had again with a change, which is shown before", async ({ page }) => {
  await page.goto(`${AT}?tab=jobs`);
  await page.getByRole("grid", { name: "Jobs" }).getByRole("row", { name: /alpha=0.05/ }).getByRole("link").last().click();
  await page.getByRole("button", { name: "Run again" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Nothing is changed")).toBeVisible();
  await field(dialog, "alpha").fill("0.5");
  await expect(dialog.getByRole("status").filter({ hasText: "alpha" })).toHaveText("alpha 0.05 → 0.5");
  await dialog.getByRole("button", { name: "Run again" }).click();
  await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });
  await expect(page.getByRole("log")).toContainText("Verdict: different");
});

test("a field that is emptied has its default again", async ({ page }) => {
  await page.goto(`${AT}?tab=jobs`);
  await page.getByRole("grid", { name: "Jobs" }).getByRole("row", { name: /alpha=0.5/ }).getByRole("link").last().click();
  await page.getByRole("button", { name: "Run again" }).click();
  const dialog = page.getByRole("dialog");
  await field(dialog, "alpha").fill("");
  await expect(dialog.getByRole("status").filter({ hasText: "alpha" })).toHaveText("alpha 0.5 → 0.01, the default");
  await dialog.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByRole("complementary")).toContainText("not given again");
  await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.getByRole("tab", { name: "Params" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("0.01");
});

test("a job is stopped and tried again", async ({ page }) => {
  await page.goto(AT);
  await field(page, "steps").fill("100000000");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Show the job" }).click();
  await expect(facts(page)).toContainText("Running", { timeout: LONG_MS });
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(facts(page)).toContainText("Cancelled", { timeout: LONG_MS });
  await expect(page.getByRole("complementary")).toContainText("Asked to end");
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByRole("group", { name: "Tries" })).toContainText("Try 2", { timeout: LONG_MS });
  await expect(facts(page)).toContainText("Running", { timeout: LONG_MS });
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("button", { name: "Retry" })).toBeVisible({ timeout: LONG_MS });
  await page.getByRole("link", { name: "Its job" }).click();
  await expect(facts(page)).toContainText("Cancelled", { timeout: LONG_MS });
});

test("lists of values become a job each, and many are asked about", async ({ page }) => {
  await page.goto(AT);
  await page.getByRole("button", { name: "Try several values of alpha" }).click();
  await field(page, "alpha").fill("0..0.2 by 0.1");
  await field(page, "steps").fill("5");
  await page.getByRole("button", { name: "Try several values of l1_ratio" }).click();
  await field(page, "l1_ratio").fill("0..1 in 11");
  await page.getByRole("button", { name: "Run 33 variants" }).click();
  await expect(page.getByRole("dialog")).toContainText("Queue 33 runs?");
  await page.getByRole("button", { name: "Go back" }).click();
  await field(page, "l1_ratio").fill("0.5");
  await page.getByRole("button", { name: "Run 3 variants" }).click();
  await page.getByRole("button", { name: "Show the queue" }).click();
  await expect(page.getByText(/: 3 of 3 finished/)).toBeVisible({ timeout: LONG_MS });
  await expect(page.getByText("3 of 3 finished", { exact: true })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Jobs" }).getByRole("row", { name: /alpha=0.2/ })).toContainText("Finished");
  await page.getByRole("link", { name: "All jobs" }).click();
  await expect(page.getByRole("grid", { name: "Jobs" }).getByRole("row", { name: /3 variants/ })).toHaveCount(1);
  await page.getByLabel("Search in the jobs").fill("alpha=0.1");
  await expect(page).toHaveURL(/text=alpha/);
  await expect(page.getByRole("status").filter({ hasText: /^1 job$/ })).toBeVisible({ timeout: LONG_MS });
  await page.getByLabel("Search in the jobs").fill("");
  await page.getByRole("tab", { name: "Agents" }).click();
  await expect(page.getByRole("grid", { name: "Agents" }).getByRole("row", { name: /e2e-agent/ })).toContainText("Idle", { timeout: LONG_MS });
});

test("targets and secrets are kept, and no secret comes back", async ({ page }) => {
  await page.goto("/jobs?tab=targets");
  await page.getByRole("button", { name: "Add a target" }).click();
  await page.getByLabel("Name", { exact: true }).fill("here");
  await page.getByLabel("Kind").selectOption("local");
  await page.getByRole("button", { name: "Add the target" }).click();
  await page.getByRole("button", { name: "Test the connection to here" }).click();
  await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });
  await expect(page.getByRole("log")).toContainText("It is this machine");
  await page.goto("/jobs?tab=secrets");
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill("TOKEN");
  await page.getByLabel(/What it is/).fill("hunter2");
  await page.getByRole("button", { name: "Keep the secret" }).click();
  await expect(page.getByRole("row", { name: /TOKEN/ })).toContainText("kept here, sealed");
  expect(await page.content()).not.toContain("hunter2");
});

test("it runs on a host by SSH, with other parameters and what it needs", async ({ page }) => {
  const sshd = await Sshd.create();
  try {
    await page.goto("/jobs?tab=secrets");
    await page.getByRole("button", { name: "Add a secret" }).click();
    await page.getByLabel("Name", { exact: true }).fill("BOX_KEY");
    await page.getByLabel("Or where agents find it").fill(`file:${sshd.home}/user_key`);
    await page.getByRole("button", { name: "Keep the secret" }).click();
    await page.getByRole("tab", { name: "Targets" }).click();
    await page.getByRole("button", { name: "Add a target" }).click();
    const said = { Name: "box", Host: "127.0.0.1", User: sshd.user, Port: String(sshd.port), "Private key, by where it is found": "secret:BOX_KEY", "Key of the host": sshd.hostKey, "Folder of the jobs": `${sshd.home}/jobs`, "Python there": sshd.python };
    for (const [label, text] of Object.entries(said)) await page.getByLabel(label, { exact: true }).fill(text);
    await page.getByRole("button", { name: "Add the target" }).click();
    await page.getByRole("button", { name: "Test the connection to box" }).click();
    await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });

    await page.goto(AT);
    await field(page, "alpha").fill("0.07");
    await field(page, "steps").fill("40");
    await page.getByText("More: where it runs").click();
    await page.getByLabel("Target").selectOption("box");
    await page.getByLabel("CPUs").fill("1");
    await page.getByLabel("Time limit").fill("10 m");
    await expect(page.getByText("on box, 1 CPU, at most 10 m")).toBeVisible();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("button", { name: "Show the job" }).click();
    await expect(page.getByRole("complementary")).toContainText("1 CPU");
    await expect(facts(page)).toContainText("Finished", { timeout: 2 * LONG_MS });
    await expect(page.getByRole("log")).toContainText("box");
    await page.getByRole("link", { name: "Open the run" }).click();
    await page.getByRole("tab", { name: /Metrics/ }).click();
    await expect(page.getByRole("tabpanel")).toContainText(/r2|rmse|mse/);
  } finally {
    await sshd.remove();
  }
});

test("it is renamed, keeps its jobs, and the former name leads to it", async ({ page }) => {
  await page.goto(`${AT}?tab=jobs`);
  await expect(page.getByRole("grid", { name: "Jobs" })).toContainText("alpha=0.07");
  for (const [before, after] of [[NAME, "ridge"], ["ridge", NAME]] as const) {
    await expect(page.getByRole("heading", { name: before, level: 2 })).toBeVisible();
    await page.keyboard.press("e");
    await page.getByLabel("Name", { exact: true }).fill(after);
    await page.getByRole("button", { name: "Save the project" }).click();
    await expect(page.getByRole("heading", { name: after, level: 2 })).toBeVisible();
    await page.goto(`/projects/${encodeURIComponent(after)}?tab=jobs`);
    await expect(page.getByRole("grid", { name: "Jobs" })).toContainText("alpha=0.07");
  }
});

test("Ctrl-K finds the project, and what is not there says so", async ({ page }) => {
  await page.goto("/jobs");
  await page.getByRole("button", { name: "Search and commands" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("elastic");
  await expect(page.getByRole("option", { name: NAME })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: NAME, level: 2 })).toBeVisible();
  await page.goto("/projects/none");
  await expect(page.getByText("There is no such project")).toBeVisible();
  await page.goto(`/jobs/${"0".repeat(32)}`);
  await expect(page.getByText("There is no such job")).toBeVisible();
});

test("axe finds nothing serious on the pages of projects and jobs", async ({ page }) => {
  const pages = ["/projects", AT, `${AT}?tab=jobs`, "/jobs", ...["agents", "targets", "secrets"].map((tab) => `/jobs?tab=${tab}`)];
  await page.goto("/jobs");
  pages.push((await page.getByRole("grid", { name: "Jobs" }).getByRole("link", { name: /main/ }).first().getAttribute("href")) ?? "");
  for (const address of pages) {
    await page.goto(address);
    await expect(page.locator("main > *").first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await expectAccessible(page, address);
  }
});
