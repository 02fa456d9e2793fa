/** Servers with users, on which nobody has an account before the first administrator is made. */
import type { Page } from "@playwright/test";
import { RunfoldServer, expect, test as base } from "./server";

export { expect };
export const PASSWORD = "correct horse battery";

export interface Team {
  server: RunfoldServer;
  setupLink: string;
}

/** Tests of one file on a server of their own. Made by each file anew: workers share what is the same fixture. */
export const withTeam = () =>
  base.extend<object, { team: Team }>({
    team: [
      async ({}, use) => {
        const team = await RunfoldServer.createWithUsers();
        await use(team);
        await team.server.remove();
      },
      { scope: "worker" },
    ],
    baseURL: async ({ team }, use) => use(team.server.address),
  });

/** Make the first administrator by the link that the server prints, and come in as them. */
export async function makeAdministrator(page: Page, { setupLink }: Team): Promise<void> {
  await page.goto(setupLink);
  await page.getByLabel("Name").fill("root");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the administrator" }).click();
  await expect(page.getByRole("heading", { name: "Experiments" })).toBeVisible();
}
