/** Who did what, on a server with users. */
import { expectAccessible } from "./axe";
import { PASSWORD, expect, makeAdministrator, withTeam } from "./team";

const test = withTeam();

test("an administrator finds who did what, and what it was in detail", async ({ page, team }) => {
  await makeAdministrator(page, team);
  await page.getByRole("button", { name: "root" }).click();
  await page.getByRole("menuitem", { name: "Users and groups" }).click();
  await page.getByRole("button", { name: "Add a user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("ann");
  await dialog.getByRole("button", { name: /Add/ }).click();

  await page.goto("/audit");
  const records = page.getByRole("grid", { name: "Audit" });
  await expect(records.getByText("users/create", { exact: true })).toBeVisible();
  await expect(records.getByText("user:ann").first()).toBeVisible();
  await page.getByRole("combobox").fill("action = 'users/create'");
  await page.keyboard.press("Enter");
  await expect(records.getByText("sessions/create")).toHaveCount(0);
  await records.getByText("users/create", { exact: true }).click();
  const details = page.getByRole("complementary", { name: "A record of the audit" });
  await expect(details.getByText("root")).toBeVisible();
  await expect(details.getByText(/^[0-9a-f]{64}$/)).toBeVisible();
  await expect(details.getByText(PASSWORD)).toHaveCount(0);
  await expectAccessible(page);
});
