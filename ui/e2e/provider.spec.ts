/** Coming in by a real provider of OpenID Connect, letting a terminal in, and going out again. */
import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { Provider } from "./provider";
import { RunfoldServer, expect, freePort, test as base } from "./server";

const test = base.extend<object, { house: { server: RunfoldServer; provider: Provider } }>({
  house: [
    async ({}, use) => {
      const provider = new Provider(await freePort());
      const { server } = await RunfoldServer.createWithUsers(
        ...["--oidc-issuer", provider.issuer, "--oidc-client-id", "runfold", "--oidc-client-secret-file", provider.secretFile],
        ...["--oidc-label", "Example ID"],
      );
      await provider.start(server.address, { "1001": { preferred_username: "ann" } });
      await use({ server, provider });
      await server.remove();
      await provider.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ house }, use) => use(house.server.address),
});

/** The provider's own forms: who one is, and that one agrees. */
async function passProvider(page: Page): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill("1001");
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("by the provider's button to the page that was asked for, into a terminal, and out of both", async ({ page, house }) => {
  await page.goto("/models?q=x");
  await page.getByRole("link", { name: "Continue with Example ID" }).click();
  await passProvider(page);
  await expect(page.getByRole("button", { name: "ann" })).toBeVisible();
  expect(page.url()).toContain("/models?q=x");

  const asked = await fetch(`${house.server.address}/api/runfold/v1/programs/ask`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ program: "runfold login on laptop", scope: "contributor", days: 7 }),
  });
  const waiting = (await asked.json()) as { secret: string; code: string; path: string };
  await page.goto(waiting.path);
  await expect(page.getByText("runfold login on laptop")).toBeVisible();
  await expect(page.getByLabel("Code", { exact: true })).toHaveText(`${waiting.code.slice(0, 4)}-${waiting.code.slice(4)}`);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Let it in" }).click();
  await expect(page.getByRole("heading", { name: "The program is in" })).toBeVisible();
  const collected = await fetch(`${house.server.address}/api/runfold/v1/programs/collect`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ secret: waiting.secret }),
  });
  expect(((await collected.json()) as { token: { user: string } }).token.user).toBe("ann");
  await page.goto(waiting.path);
  await expect(page.getByRole("alert")).toContainText("No program waits under this code");

  await page.goto("/models");
  await page.getByRole("button", { name: "ann" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await expect(page.getByRole("status")).toHaveText("You are signed out, here and at the provider.");
  await page.getByRole("link", { name: "Continue with Example ID" }).click();
  await expect(page.getByPlaceholder("Enter any login")).toBeVisible();
});

test("who does not agree at the provider is told so and has another way", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("link", { name: "Continue with Example ID" }).click();
  await page.getByPlaceholder("Enter any login").fill("1001");
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toHaveText("You did not sign in with the provider.");
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible();
});
