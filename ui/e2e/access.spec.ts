import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./server";

/** The run `mixer-23` of the usual records has files, images, params and metrics. */
const RUN_PARTS = ["overview", "params", "metrics", "charts", "images", "artifacts&file=report.md"];
const COMPARE_PARTS = ["differences", "charts", "images", "code", "why"];

async function runIds(address: string): Promise<string[]> {
  const body = JSON.stringify({ experiment_ids: ["1"], max_results: 6, order_by: ["start_time DESC"] });
  const reply = await fetch(`${address}/api/2.0/mlflow/runs/search`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const { runs } = (await reply.json()) as { runs: { info: { run_id: string } }[] };
  return runs.map(({ info }) => info.run_id);
}

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on the pages of runs, ${theme}`, async ({ page, server }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: theme });
    const ids = await runIds(server.address);
    const addresses = [
      ...RUN_PARTS.map((part) => `/runs/${ids[0]}?tab=${part}`),
      ...COMPARE_PARTS.map((part) => `/compare?runs=${ids.join(",")}&tab=${part}`),
      "/trash",
      "/trash?tab=storage",
      "/runs/none",
    ];
    for (const address of addresses) {
      await page.goto(address);
      await expect(page.locator("main > *").first()).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect.soft(serious.map(({ id, nodes }) => `${address} ${id}: ${nodes[0]?.target.join(" ")} ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
    }
  });
}
