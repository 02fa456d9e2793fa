// Takes a picture of the pages about people: node peoplePictures.mjs <server with users> <folder> [<word in the name>...]
import { mkdirSync } from "node:fs";
import { chromium } from "@playwright/test";
import { SIZES, takeAll } from "./taking.mjs";

const [server, folder, ...only] = process.argv.slice(2);
/** Half of a screen, too, where tables are tight. */
const sizes = [{ width: 900, height: 800 }, ...SIZES];
const PASSWORD = "correct horse battery";
const click = (name) => (page) => page.getByRole("button", { name }).first().click();
const menu = (user, entry) => async (page) => {
  await page.getByRole("button", { name: `Change ${user}`, exact: true }).click();
  if (entry) await page.getByRole("menuitem", { name: entry }).click();
};

const outside = [
  ["sign-in", "/sign-in"],
  ["sign-in-wrong", "/sign-in", async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("nobody");
    await page.getByLabel("Password", { exact: true }).fill("a guess");
    await page.getByRole("button", { name: "Sign in" }).click();
  }],
  ["sign-in-unknown", "/sign-in?reason=unknown"],
  ["invitation", "/invitation#user=ada.abe&code=x"],
];
const inside = [
  ["account", "/account"],
  ["account-link", "/account", click("Link with Example ID")],
  ["account-unlink", "/account", click(/^Unlink/)],
  ["tokens", "/account?tab=tokens"],
  ["tokens-new", "/account?tab=tokens", click("Make a token")],
  ["users", "/users"],
  ["users-new", "/users", click("Add a user")],
  ["users-menu", "/users", menu("ada.abe")],
  ["users-links", "/users", menu("ada.abe", "How they sign in")],
  ["users-none-found", "/users?q=zebra"],
  ["groups", "/users?tab=groups"],
  ["groups-members", "/users?tab=groups", click("Change forecasting")],
  ["audit", "/audit"],
  ["workspaces", "/workspaces"],
  ["workspace", "/workspaces/vision"],
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
await takeAll(browser, server, outside, { folder, only, sizes });
const root = await browser.newPage();
await root.goto(`${server}/account`);
await root.getByLabel("Name", { exact: true }).fill("root");
await root.getByLabel("Password", { exact: true }).fill(PASSWORD);
await root.getByRole("button", { name: "Sign in" }).click();
await root.getByRole("heading", { name: "Where you are signed in" }).waitFor();
await takeAll(browser, server, inside, { folder, only, sizes, storageState: await root.context().storageState() });
await browser.close();
