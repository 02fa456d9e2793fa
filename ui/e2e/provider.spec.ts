/** Coming in by a real provider of OpenID Connect, letting a terminal in, and going out again. */
import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { Provider } from "./provider";
import { RunfoldServer, expect, freePort, test as base } from "./server";
import { PASSWORD, makeAdministrator } from "./team";

const test = base.extend<object, { house: { server: RunfoldServer; provider: Provider; setupLink: string } }>({
  house: [
    async ({}, use) => {
      const provider = new Provider(await freePort());
      const { server, setupLink } = await RunfoldServer.createWithUsers(
        ...["--oidc-issuer", provider.issuer, "--oidc-client-id", "runfold", "--oidc-client-secret-file", provider.secretFile],
        ...["--oidc-label", "Example ID"],
      );
      const people = { "1001": { preferred_username: "ann" }, "1002": { preferred_username: "root", email: "root@example.com" } };
      await provider.start([server.address, otherSite(server)], people);
      await use({ server, provider, setupLink });
      await server.remove();
      await provider.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ house }, use) => use(house.server.address),
});

test.describe.configure({ mode: "serial" });

/** By this name, the server belongs to another site than the provider, as it does in life: what comes from there brings no cookie that is Strict. */
function otherSite(server: RunfoldServer): string {
  return server.address.replace("127.0.0.1", "localhost");
}

/** The provider's own forms: who one is, and that one agrees. */
async function passProvider(page: Page, subject = "1001"): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(subject);
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

test("the owner of an account links it to the provider, comes in by it, and takes the link back", async ({ page, house }) => {
  const { server, setupLink } = house;
  await makeAdministrator(page, { server, setupLink });
  await page.goto(`${otherSite(server)}/account`);
  const signIn = async () => {
    await page.getByLabel("Name", { exact: true }).fill("root");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn();
  await page.getByRole("button", { name: "Link with Example ID" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password").fill("a guess of somebody");
  await dialog.getByRole("button", { name: "Go on to Example ID" }).click();
  await expect(dialog.getByRole("alert")).toContainText("do not go together");
  await expectAccessible(page);
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Go on to Example ID" }).click();
  await passProvider(page, "1002");
  await expect(page.getByText("Linked: you can also sign in as root@example.com")).toBeVisible();
  const link = page.getByRole("table", { name: "How you sign in" }).getByRole("row", { name: /Example ID.*root@example.com.*none yet/ });
  await expect(link).toBeVisible();
  expect(page.url()).toBe(`${otherSite(server)}/account`);
  await page.reload();
  await expect(link).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole("button", { name: "root", exact: true }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Continue with Example ID" }).click();
  await expect(page.getByRole("heading", { name: "Experiments" })).toBeVisible();
  await expect(page.getByRole("button", { name: "root", exact: true })).toBeVisible();

  await page.goto(`${otherSite(server)}/users`);
  await expect(page.getByRole("row", { name: /^root administrator password, Example ID/ })).toBeVisible();
  await page.getByRole("button", { name: "Change root" }).click();
  await page.getByRole("menuitem", { name: "How they sign in" }).click();
  await expect(page.getByRole("dialog").getByRole("row", { name: /Example ID root@example.com/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Done" }).click();

  await page.goto(`${otherSite(server)}/account`);
  await page.getByRole("button", { name: "Unlink root@example.com" }).click();
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Unlink", exact: true }).click();
  await expect(page.getByText("root@example.com is not linked any more")).toBeVisible();
  await expect(link).toHaveCount(0);
  await expect(page.getByRole("row", { name: /This browser/ })).toBeVisible();
});

test("who gives up at the provider is told so on the page of the account", async ({ page, house }) => {
  await page.goto(`${otherSite(house.server)}/account`);
  await page.getByLabel("Name", { exact: true }).fill("root");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Link with Example ID" }).click();
  await page.getByRole("dialog").getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on to Example ID" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toHaveText("You did not sign in at the provider, so nothing is linked.");
});
