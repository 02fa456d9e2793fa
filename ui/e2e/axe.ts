/** What axe finds on a page that keeps people from using it, in both themes. */
import type { Page } from "@playwright/test";
import axe, { type AxeResults, type RunOptions } from "axe-core";
import { expect } from "./server";

/** Without the files that axe would fetch once more for a rule about turned screens. */
const ALL: RunOptions = { resultTypes: ["violations"], preload: false };
const CONTRAST: RunOptions = { ...ALL, runOnly: { type: "rule", values: ["color-contrast"] } };

/** Everything in the light theme; in the dark one, which differs by its colours alone, what depends on colours. */
export async function expectAccessible(page: Page, where = new URL(page.url()).pathname, within = "body"): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.emulateMedia({ colorScheme: "light" });
  const found = await seriousIn(page, within, ALL);
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await seriousIn(page, within, CONTRAST)).map((text) => `dark: ${text}`));
  await page.emulateMedia({ colorScheme: "light" });
  expect.soft(found.map((text) => `${where} ${text}`)).toEqual([]);
}

async function seriousIn(page: Page, within: string, options: RunOptions): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  // The guards at the ends of an open menu are hidden and take focus on purpose: they hand it on at once.
  const where = { include: [within], exclude: ["[data-base-ui-focus-guard]"] };
  const { violations } = await page.evaluate(({ where, options }) => window.axe.run(where, options), { where, options });
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(" ")} ${nodes[0]?.html.slice(0, 160)}`);
}

declare global {
  interface Window {
    axe: { run: (where: { include: string[]; exclude: string[] }, options: RunOptions) => Promise<AxeResults> };
  }
}
