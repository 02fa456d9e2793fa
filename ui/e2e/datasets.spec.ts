/** Datasets that are denied: shared and hidden from where a run shows them. */
import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { PASSWORD, expect, makeAdministrator, withTeam } from "./team";

const test = withTeam();

/** A call by who is signed in at the page. */
async function call(page: Page, path: string, fields: object): Promise<unknown> {
  return page.evaluate(
    async ([address, body]) => {
      const reply = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-Runfold-Page": "1" }, body });
      if (!reply.ok) throw new Error(await reply.text());
      return reply.json() as Promise<unknown>;
    },
    [path, JSON.stringify(fields)] as const,
  );
}

test("who manages a dataset denies it where a run shows it, and the run stays", async ({ browser, page, team }) => {
  await makeAdministrator(page, team);
  const made = (await call(page, "/api/2.0/mlflow/runs/create", { experiment_id: "0", run_name: "trained" })) as { run: { info: { run_id: string } } };
  const runId = made.run.info.run_id;
  const datasets = ["wine", "patients"].map((name) => ({ dataset: { name, digest: "d1", source_type: "local", source: "{}" } }));
  await call(page, "/api/2.0/mlflow/runs/log-inputs", { run_id: runId, datasets });
  await call(page, "/api/runfold/v1/users/create", { name: "ben", password: PASSWORD });
  await call(page, "/api/runfold/v1/grants/set", { subject: "everyone", place: "everything", role: "reader" });

  await page.goto(`/runs/${runId}`);
  await page.locator("summary", { hasText: "patients" }).click();
  await page.getByRole("button", { name: "Access to patients…" }).click();
  const dialog = page.getByRole("dialog", { name: "Access to patients" });
  await expect(dialog.getByText("a denial hides it in all of them")).toBeVisible();
  await expectAccessible(page, "access", "[role=dialog]");
  await dialog.getByLabel("Name").fill("ben");
  await dialog.getByLabel("Role").selectOption("none");
  await dialog.getByRole("button", { name: "Grant the role" }).click();
  await expect(dialog.getByRole("cell", { name: "ben", exact: true })).toBeVisible();

  const other = await (await browser.newContext({ baseURL: team.server.address })).newPage();
  await other.goto(`/runs/${runId}`);
  await other.getByRole("textbox", { name: "Name", exact: true }).fill("ben");
  await other.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.locator("summary", { hasText: "wine" }).click();
  await expect(other.getByText("patients")).toHaveCount(0);
  await other.getByRole("button", { name: "Access to wine…" }).click();
  await expect(other.getByRole("dialog")).toContainText("You are here: Reader");
});
