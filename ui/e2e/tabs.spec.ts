import { test as base, type Page } from "@playwright/test";
import { RunfoldServer, expect } from "./server";

const TESTS = ["edits", "tables", "deletions"];

/** A server of their own, since these tests delete; each has an experiment with three runs to itself. */
const test = base.extend<{ tabs: [Page, Page] }, { address: string }>({
  address: [
    async ({}, use) => {
      const server = await RunfoldServer.create();
      server.run(`import runfold\nfor test in ${JSON.stringify(TESTS)}:\n    runfold.set_experiment(test)\n    for name in ("left", "right", "shared"):\n        with runfold.start_run(run_name=name):\n            runfold.log_metric("loss", 0.5)\n`);
      await use(server.address);
      await server.remove();
    },
    { scope: "worker" },
  ],
  tabs: async ({ context }, use) => use([await context.newPage(), await context.newPage()]),
});

/** The page of a test's experiment: the first has the id 0 and no runs. */
const pageOf = (address: string, test: string) => `${address}/experiments/${TESTS.indexOf(test) + 1}`;
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

test("two tabs on one run see each other's edits, and neither loses its own", async ({ address, tabs: [one, two] }) => {
  await one.goto(pageOf(address, "edits"));
  await link(one, "shared").click();
  await expect(one.getByRole("heading", { name: "shared", level: 2 })).toBeVisible();
  await two.goto(one.url());
  await expect(two.getByRole("heading", { name: "shared", level: 2 })).toBeVisible();

  await two.getByRole("button", { name: "Write a note", exact: true }).click();
  await two.getByLabel("Note, in Markdown").fill("half a thou");
  await one.getByRole("button", { name: "Add a tag" }).click();
  await one.getByLabel("New tag, as key = value").fill("stage = candidate");
  await one.keyboard.press("Enter");
  await expect(one.getByTitle("stage = candidate")).toBeVisible();
  await expect(two.getByTitle("stage = candidate")).toBeVisible();
  await expect(two.getByLabel("Note, in Markdown")).toHaveValue("half a thou");
  await two.getByLabel("Note, in Markdown").fill("half a thought");
  await two.getByRole("button", { name: "Save note" }).click();
  await expect(one.getByText("half a thought")).toBeVisible();
  await expect(two.getByTitle("stage = candidate")).toBeVisible();
});

test("what a table changes shows on the page of a run, and the other way", async ({ address, tabs: [table, run] }) => {
  await table.goto(pageOf(address, "tables"));
  await expect(link(table, "left")).toBeVisible();
  await run.goto(pageOf(address, "tables"));
  await link(run, "left").click();
  await expect(run.getByRole("heading", { name: "left", level: 2 })).toBeVisible();

  await table.getByRole("checkbox", { name: "Select left" }).click();
  await table.getByRole("button", { name: "Tag", exact: true }).click();
  await table.getByLabel("Key").fill("verdict");
  await table.getByLabel("Value").fill("keep");
  await table.getByRole("button", { name: "Set tag" }).click();
  await expect(run.getByTitle("verdict = keep")).toBeVisible();
  await run.keyboard.press("s");
  await expect(table.getByLabel("Starred", { exact: true })).toBeVisible();
});

test("a deletion, a restore and a purge reach the other tab", async ({ address, tabs: [table, trash] }) => {
  await table.goto(pageOf(address, "deletions"));
  await expect(link(table, "left")).toBeVisible();
  await trash.goto(`${address}/trash`);
  await expect(trash.getByRole("heading", { name: "The trash is empty" })).toBeVisible();

  for (const name of ["left", "right"]) await table.getByRole("checkbox", { name: `Select ${name}` }).click();
  await table.keyboard.press("Delete");
  await expect(link(trash, "left")).toBeVisible();
  await trash.getByRole("checkbox", { name: "Choose left" }).check();
  await trash.getByRole("button", { name: "Restore 1" }).click();
  await expect(link(table, "left")).toBeVisible();
  await expect(link(table, "right")).toBeHidden();

  const gone = await table.context().newPage();
  await gone.goto(`${address}/trash`);
  await link(gone, "right").click();
  await expect(gone.getByText("This run is in the trash")).toBeVisible();
  await trash.getByRole("button", { name: "Empty the trash" }).click();
  await trash.getByRole("button", { name: "Remove 1 run for ever" }).click();
  await expect(trash.getByRole("heading", { name: "The trash is empty" })).toBeVisible();
  await expect(gone.getByRole("heading", { name: "There is no such run" })).toBeVisible();
});

test("a renamed experiment has its new name in the other tab at once", async ({ address, tabs: [one, two] }) => {
  await one.goto(`${address}/experiments`);
  await two.goto(`${address}/experiments/0`);
  await expect(two.getByRole("heading", { name: "Default" })).toBeVisible();
  await one.getByRole("button", { name: "Actions for Default" }).click({ force: true });
  await one.getByRole("menuitem", { name: "Edit name and description" }).click();
  await one.getByLabel("Name; slashes make folders").fill("first steps");
  await one.getByRole("button", { name: "Save changes" }).click();
  await expect(two.getByRole("heading", { name: "first steps" })).toBeVisible();
});
