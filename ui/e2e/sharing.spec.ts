/** What is shared with very many. */
import { expectAccessible } from "./axe";
import { administer } from "./house";
import { expect, makeAdministrator, withTeam } from "./team";

const test = withTeam();
test.describe.configure({ mode: "serial" });

const N_USERS = 300;
const N_GROUPS = 200;

async function inTurns(n: number, call: (at: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < n; at += 20) await Promise.all(Array.from({ length: Math.min(20, n - at) }, (_, more) => call(at + more)));
}

test("the access of 500 grants and 300 users stays quick, shows a part, and finds the rest", async ({ page, team }) => {
  test.setTimeout(180_000);
  await makeAdministrator(page, team);
  const { address } = team.server;
  const user = (at: number) => `user-${String(at).padStart(3, "0")}`;
  const group = (at: number) => `group-${String(at).padStart(3, "0")}`;
  await administer(address, "runs/register", { experiment_name: "crowded", run_name: "one", status: "FINISHED" });
  await inTurns(N_USERS, (at) => administer(address, "users/create", { name: user(at) }));
  await inTurns(N_GROUPS, (at) => administer(address, "groups/set", { name: group(at), members: [user(at), user(at + 1)] }));
  const grant = (subject: string) => administer(address, "grants/set", { subject, place: "experiment:1", role: "reader" });
  await inTurns(N_USERS, (at) => grant(`user:${user(at)}`));
  await inTurns(N_GROUPS, (at) => grant(`group:${group(at)}`));

  await page.goto("/experiments");
  await page.getByRole("button", { name: "Actions for crowded" }).click();
  await page.getByRole("menuitem", { name: "Access…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("50 of 501 are shown.")).toBeVisible();
  await expect(dialog.getByRole("combobox", { name: /^Role of / })).toHaveCount(50);
  await dialog.getByRole("button", { name: "Show 50 more" }).click();
  await expect(dialog.getByText("100 of 501 are shown.")).toBeVisible();
  await expectAccessible(page, "crowded", "[role=dialog]");

  const find = dialog.getByRole("searchbox", { name: "Find a user or group" });
  await find.fill("user-271");
  await expect(dialog.getByRole("combobox", { name: /^Role of / })).toHaveCount(1);
  await dialog.getByRole("combobox", { name: "Role of user-271" }).selectOption("contributor");
  await expect(page.getByText("user-271: Contributor")).toBeVisible();
  await find.fill("nobody of that name");
  await expect(dialog.getByText("Nobody here is called “nobody of that name”.").first()).toBeVisible();
  await find.fill("");

  await dialog.getByRole("tab", { name: /Who can see/ }).click();
  await expect(dialog.getByText("50 of 301 are shown.")).toBeVisible();
  await find.fill("user-271");
  await expect(dialog.getByRole("row", { name: "user-271 Contributor Granted directly, on this experiment." })).toBeVisible();
  await find.fill("");

  await dialog.getByRole("tab", { name: /What is granted/ }).click();
  let nAsked = 0;
  page.on("request", (request) => (nAsked += request.url().endsWith("/grants/explain") ? 1 : 0));
  await dialog.getByLabel("Name", { exact: true }).pressSequentially("user-007");
  await expect(dialog.getByRole("status")).toContainText("change nothing for anybody");
  // The server looks at everybody for an answer: it is not asked at each letter.
  expect(nAsked).toBeLessThan(8);
});
