/** What people keep and may, and rules of what is kept. */
import { expectAccessible } from "./axe";
import { PASSWORD, expect, makeAdministrator, withTeam } from "./team";

const test = withTeam();

test.describe.configure({ mode: "serial" });

test("an administrator sets a quota, and makes a rule after seeing what it would do", async ({ page, team }) => {
  await makeAdministrator(page, team);
  for (const [name, acc] of [
    ["tall", 0.9],
    ["small", 0.1],
  ] as const) {
    const document = { experiment_name: "checkpoints", run_name: name, status: "FINISHED", start_time_ms: 1000, end_time_ms: 2000, metrics: { acc: [[0, 1000, acc]] } };
    const made = await page.request.post("/api/runfold/v1/runs/register", { data: document, headers: { Origin: team.server.address, "x-runfold-page": "1" } });
    expect(made.status(), await made.text()).toBe(200);
  }

  await page.goto("/trash?tab=usage");
  await expect(page.getByText("At most a second")).toBeVisible();
  await page.getByRole("button", { name: "Change the quota of root" }).click();
  const runs = page.getByRole("dialog").getByRole("textbox").first();
  await runs.fill("many");
  await expect(page.getByText("A number, none, or nothing.")).toBeVisible();
  await runs.fill("4");
  await page.getByLabel("Space of files, such as 500 GB or 2 TiB").fill("2 TiB");
  await page.getByRole("button", { name: "Set the quota" }).click();
  await expect(page.getByText("2 of 4")).toBeVisible();
  await expectAccessible(page);
  await page.goto("/account");
  await expect(page.getByRole("row", { name: "Runs 2 of 4" })).toBeVisible();

  await page.goto("/trash?tab=rules");
  await page.getByRole("button", { name: "Make a rule" }).click();
  await page.getByLabel("Name", { exact: true }).fill("best");
  await page.getByLabel("Keep the best").fill("1");
  await page.getByLabel("Best by").fill("metrics.acc DESC");
  await page.getByRole("button", { name: "See what would go" }).click();
  await expect(page.getByText("1 run would go now")).toBeVisible();
  await expect(page.getByRole("row", { name: "tall stays: best" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Set the rule" }).click();
  await page.getByRole("button", { name: "Carry out best now" }).click();
  await expect(page.getByText("1 run went to the trash, 0 purged")).toBeVisible();
  await page.goto("/trash");
  await expect(page.getByText("small")).toBeVisible();
});

test("a workspace near its quota and at it says so to who manages it", async ({ page, team }) => {
  const ask = async (path: string, data: object) => {
    const answer = await page.request.post(`/${path}`, { data, headers: { Origin: team.server.address, "x-runfold-page": "1", "x-mlflow-workspace": path.includes("workspaces") ? "default" : "vision" } });
    expect(answer.ok(), await answer.text()).toBe(true);
  };
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("root");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Experiments" })).toBeVisible();
  await ask("ajax-api/3.0/mlflow/workspaces", { name: "vision", description: "Cameras" });
  await ask("api/runfold/v1/quotas/set", { owner: "user:root" });
  const run = (name: string) => ask("api/runfold/v1/runs/register", { experiment_name: "lanes", run_name: name, status: "FINISHED", metrics: { acc: [[0, 1000, 0.5]] } });
  for (let n = 0; n < 9; n++) await run(`run-${n}`);

  await page.goto("/workspaces/vision");
  await page.getByRole("button", { name: "Set the quota" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Runs").fill("10");
  await dialog.getByLabel("Points of metrics").fill("1000");
  await dialog.getByRole("button", { name: "Set the quota" }).click();
  await expect(page.getByRole("row", { name: "Runs 9 of 10" })).toBeVisible();
  await expect(page.getByRole("row", { name: "Points of metrics 9 of 1000" })).toBeVisible();
  await expect(page.getByText("90 % of the quota of runs is used.")).toBeVisible();
  await run("the last");
  await page.reload();
  await expect(page.getByText("All runs of the quota are used.")).toBeVisible();
  await expectAccessible(page);

  await page.goto("/workspaces");
  await expect(page.getByText("10 runs, 0 B · at its quota")).toBeVisible();
  await expectAccessible(page);
  await page.goto("/trash?tab=usage");
  await expect(page.getByText("Workspace vision")).toBeVisible();
  await expect(page.getByRole("gridcell", { name: "10 of 10", exact: true })).toBeVisible();
});
