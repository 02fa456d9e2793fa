import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { type RunfoldServer, expect, test } from "./server";

const MARKUP = "<img src=x onerror=alert(1)>";
const RIGHT_TO_LEFT = "\u202eעברית 😀 日本";
const NAME = `${MARKUP} ${RIGHT_TO_LEFT}`;
const AT = `/projects/${encodeURIComponent(NAME)}`;
const LONG_MS = 120_000;
const N_LINES = 200_000;
const LONG_VALUE = `${"never ".repeat(833)}ab`;

const FILE = `
entry_points:
  main:
    help: "${MARKUP} of every type"
    parameters:
      rate: {type: float, default: 0.5, environment: RATE, minimum: 0, maximum: 1, help: "share ${MARKUP}"}
      seed: {type: int, environment: SEED}
      epochs: int
      solver: {choices: [cyclic, random], default: cyclic}
      shuffle: {type: bool, default: true}
      data: {type: path, default: "."}
      source: {type: uri, default: "s3://bucket/wine.csv"}
      note: {default: ""}
      key: {secret: true, default: "env:HOME"}
    command: "python say.py {rate} {epochs} {solver} {shuffle} {note}"
  long:
    help: Writes a long log.
    command: "python long.py"
  slow:
    help: Writes a line now and then.
    command: "python slow.py"
`;

const LONG = `
import sys
out = sys.stdout
out.write("".join(f"line {at:06d}\\n" for at in range(${N_LINES})))
out.write("\\033[31mred \\033(Bthen\\nstill red\\033[0m\\n")
out.write("".join(f"\\r{at} of 5000" for at in range(5001)) + "\\n")
out.write("x" * 300_000 + "\\nthe end\\n")
`;

const SLOW = `
import os, time
at = 0
while not os.path.exists("stop"):
    print(f"beat {at}", flush=True)
    at += 1
    time.sleep(0.2)
`;

test.describe.configure({ mode: "serial" });
test.use({ actionTimeout: 20_000 });

let endAgent: () => Promise<void> = () => Promise.resolve();
test.beforeAll(({ server }) => {
  const code = join(server.folder, "hostile");
  mkdirSync(code);
  for (const [name, text] of Object.entries({ MLproject: FILE, "long.py": LONG, "slow.py": SLOW, "say.py": "import sys\nprint(sys.argv[1:])\n" })) writeFileSync(join(code, name), text);
  endAgent = server.agent(2);
});
test.afterAll(() => endAgent());
test.beforeEach(({ page }) => {
  test.setTimeout(3 * LONG_MS);
  page.on("dialog", (dialog) => {
    throw new Error(`A script of a name ran: ${dialog.message()}`);
  });
});

const field = (within: Page | Locator, name: string) => within.getByRole("textbox", { name: new RegExp(`^${name}`) });
const facts = (page: Page) => page.locator("main p").filter({ hasText: "asked for" });

async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

async function submit(server: RunfoldServer, entryPoint: string): Promise<string> {
  const work = { uri: join(server.folder, "hostile"), entry_point: entryPoint, env_manager: "local" };
  const answer = await fetch(`${server.address}/api/runfold/v1/jobs/submit`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ work }) });
  return ((await answer.json()) as { job: { job_id: string } }).job.job_id;
}

test("each type of parameter has its control, its default in words, and says what is wrong below", async ({ page, server }) => {
  await page.goto("/projects");
  await page.getByRole("button", { name: "Register a project" }).first().click();
  await page.getByLabel("Where its code is").fill(join(server.folder, "hostile"));
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Description").fill(`${MARKUP} ${RIGHT_TO_LEFT}`);
  await page.getByRole("button", { name: "Register the project" }).click();
  await expect(field(page, "rate")).toHaveAttribute("placeholder", "$RATE where it runs, or 0.5", { timeout: LONG_MS });
  await expect(field(page, "seed")).toHaveAttribute("placeholder", "$SEED where it runs");
  await expect(page.getByLabel(/^epochs/)).toHaveAccessibleName(/int, required/);
  await expect(page.getByLabel(/^solver/).locator("option")).toHaveText(["cyclic (default)", "cyclic", "random"]);
  await expect(page.getByLabel(/^shuffle/).locator("option")).toHaveText(["true (default)", "true", "false"]);
  await expect(field(page, "note")).toHaveAttribute("placeholder", "nothing");
  await expect(page.getByText(`share ${MARKUP}`)).toBeVisible();
  await expect(page.locator("main img")).toHaveCount(0);

  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(field(page, "epochs")).toBeFocused();
  await expect(field(page, "epochs")).toHaveAccessibleDescription("Parameter 'epochs' is missing: give an int.");
  await field(page, "rate").fill("2");
  await expect(field(page, "rate")).toHaveAccessibleDescription("Parameter 'rate' is '2'; it takes a number from 0 to 1.");
  await page.getByRole("combobox", { name: /^key/ }).fill("hunter2");
  await expect(page.getByText("For secret 'key', say where it is found")).toBeVisible();
  await expect(page.getByText("3 parameters to look at")).toBeVisible();
  await expectNoSideways(page);
  await expectAccessible(page, "form");
});

test("lists and ranges show every run before one is queued, and ten of them end", async ({ page }) => {
  await page.goto(AT);
  await field(page, "epochs").fill("3");
  await field(page, "seed").fill("7");
  await page.getByRole("button", { name: "Try several values of rate" }).click();
  await field(page, "rate").fill("0..1 in 5");
  await page.getByRole("button", { name: "Try several values of solver" }).click();
  await field(page, "solver").fill("cyclic, random");
  const preview = page.getByRole("region", { name: "Runs that come of it" });
  await expect(preview.getByRole("status")).toHaveText("10 runs 5 values of rate × 2 values of solver");
  await expect(preview.getByRole("row")).toHaveCount(9);
  await preview.getByRole("button", { name: "Show all 10" }).click();
  await expect(preview.getByRole("row").last()).toHaveText("101random");
  await page.getByText("More: where it runs").click();
  await page.getByLabel("Environment").selectOption("local");
  await page.getByRole("button", { name: "Run 10 variants" }).click();
  await page.getByRole("button", { name: "Show the queue" }).click();
  await expect(page.getByText("10 of 10 finished", { exact: true })).toBeVisible({ timeout: LONG_MS });
  await expect(page.getByText(/: 10 of 10 finished/)).toBeVisible({ timeout: LONG_MS });
});

test("a value of 5,000 characters holds the layout, in the job, its list and the changes", async ({ page }) => {
  await page.goto(AT);
  await field(page, "epochs").fill("1");
  await field(page, "seed").fill("7");
  await field(page, "note").fill(LONG_VALUE);
  await page.getByText("More: where it runs").click();
  await page.getByLabel("Environment").selectOption("local");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Show the job" }).click();
  const side = page.getByRole("complementary", { name: "About the job" });
  await expect(side.getByRole("button", { name: "Show all 5000 characters" })).toBeVisible();
  expect((await side.getByText("never").first().boundingBox())?.height).toBeLessThan(200);
  await side.getByRole("button", { name: "Show all 5000 characters" }).click();
  await expect(side).toContainText(LONG_VALUE.trim());
  expect((await side.getByText("never").first().boundingBox())?.height).toBeLessThan(400);
  await expectNoSideways(page);
  await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });
  await expect(page.getByRole("heading", { name: RIGHT_TO_LEFT, level: 2 })).toBeVisible();
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.getByRole("button", { name: "Run again" }).click();
  const dialog = page.getByRole("dialog", { name: /^Run .* again$/ });
  await field(dialog, "note").fill(`${LONG_VALUE}${MARKUP}`);
  const changes = dialog.getByRole("status").filter({ hasText: "note" });
  await expect(changes.locator("ins")).toHaveAttribute("title", `${LONG_VALUE}${MARKUP}`);
  expect((await changes.boundingBox())?.height).toBeLessThan(120);
  await field(dialog, "rate").fill("9".repeat(5000));
  expect((await dialog.getByRole("alert").boundingBox())?.height).toBeLessThan(100);
  expect((await dialog.boundingBox())?.width).toBeLessThan(800);
  await page.goto("/jobs");
  await expect(page.getByRole("grid", { name: "Jobs" })).toContainText("never never");
  await expectNoSideways(page);
});

test("a log of 200,000 lines is read from its end, its beginning and its matches, and stays where it is read", async ({ page, server }) => {
  const id = await submit(server, "long");
  await page.goto(`/jobs/${id}`);
  await expect(facts(page)).toContainText("Finished", { timeout: LONG_MS });
  const output = page.getByRole("log", { name: "Output" });
  const line = (text: string) => output.getByText(text, { exact: true });
  await expect(line("the end")).toBeVisible();
  await expect(output.getByText("x … and 290,000 more characters")).toBeVisible();
  await expect(line("5000 of 5000")).toBeVisible();
  await expect(line("then")).toHaveClass(/red/);
  await expect(line("still red")).toHaveClass(/red/);
  await page.getByRole("button", { name: "Show its beginning" }).click();
  await expect(page.getByText("lines are shown; more follows.")).toBeVisible();
  await expect(line("line 000000")).toBeVisible();
  await page.getByRole("button", { name: "Show what follows" }).click();
  await expect(page.getByText("A part of a long log.")).toBeVisible();
  await page.getByLabel("Search in the log").fill("line 150000");
  await page.getByRole("button", { name: /line 150000$/ }).click({ timeout: LONG_MS });
  await expect(output.locator("[aria-current]")).toHaveText("line 150000");
  await expect(line("line 150000")).toBeInViewport();
  await expect(line("line 149999")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "MiB" })).toBeVisible();
  await expect(line("line 150000")).toBeInViewport();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(line("the end")).toBeVisible();
});

test("a growing log is followed, stays where it is read, is searched meanwhile, and its end is told", async ({ page, server }) => {
  const id = await submit(server, "slow");
  await page.goto(`/jobs/${id}`);
  const output = page.getByRole("log", { name: "Output" });
  await expect(output.getByText("beat 40", { exact: true })).toBeInViewport({ timeout: LONG_MS });
  await output.hover();
  await page.mouse.wheel(0, -5000);
  await expect(page.getByRole("button", { name: "Follow", exact: true })).toHaveAttribute("aria-pressed", "false");
  await page.getByLabel("Search in the log").fill("BEAT 5");
  await expect(page.getByRole("button", { name: /beat 5$/ })).toBeVisible();
  await page.getByLabel("Search in the log").fill("");
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await expect(output.getByText("beat 60", { exact: true })).toBeInViewport({ timeout: LONG_MS });
  await page.getByRole("button", { name: "Tell me when it ends" }).click();
  await page.goto("/experiments");
  writeFileSync(join(server.folder, "hostile", "stop"), "");
  await expect(page.getByText("slow · hostile: finished")).toBeVisible({ timeout: LONG_MS });
});
