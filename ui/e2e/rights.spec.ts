/** Pages as people see them who may do little: nothing is refused without a word, and nothing foreign shows. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "@playwright/test";
import { expectAccessible } from "./axe";
import { HIDDEN, type House, PEOPLE, type Person, type Records, SHARING, administer, furnish, wordOf } from "./house";
import { PASSWORD, expect, withTeam } from "./team";
import { Walker } from "./walk";

const test = withTeam();
test.describe.configure({ mode: "serial" });

/** Where each page of the router's table is looked at; a page that is missing here fails the first test. */
const ADDRESSES: Record<string, (of: Records) => string[]> = {
  "/": () => [],
  "/experiments": () => ["/experiments"],
  "/experiments/$ids": ({ experiment }) => ["", "?tab=charts"].map((more) => `/experiments/${experiment}${more}`),
  "/runs/$runId": ({ run }) => ["", "?tab=params", "?tab=metrics", "?tab=charts", "?tab=images", "?tab=artifacts&file=model/MLmodel"].map((more) => `/runs/${run}${more}`),
  "/compare": ({ run, other }) => ["differences", "charts", "code", "why"].map((tab) => `/compare?runs=${run},${other}&tab=${tab}`),
  "/models": () => ["/models"],
  "/models/$name": ({ model }) => ["", "?tab=aliases", "?tab=promotions", "?tab=policy"].map((more) => `/models/${model}${more}`),
  "/registry": () => ["/registry", "/registry?tab=webhooks"],
  "/models/$name/compare": ({ model }) => [`/models/${model}/compare?versions=1,2`],
  "/models/$name/$version": ({ model }) => ["", "?tab=files", "?tab=use", "?tab=try"].map((more) => `/models/${model}/2${more}`),
  "/projects": () => ["/projects"],
  "/projects/$name": ({ project }) => ["", "?tab=jobs"].map((more) => `/projects/${project}${more}`),
  "/jobs": () => ["", "?tab=agents", "?tab=targets", "?tab=secrets"].map((more) => `/jobs${more}`),
  "/jobs/$jobId": ({ job, endedJob }) => [`/jobs/${job}`, `/jobs/${endedJob}`],
  "/trash": () => ["/trash", "/trash?tab=storage", "/trash?tab=usage", "/trash?tab=rules"],
  "/account": () => ["/account", "/account?tab=tokens"],
  "/users": () => ["/users"],
  "/workspaces": () => ["/workspaces"],
  "/workspaces/$name": () => ["/workspaces/default"],
  "/audit": () => ["/audit"],
};
/** Pages of a record: there for who may read it, and for others as if it were not. */
const OF_A_RECORD = Object.keys(ADDRESSES).filter((path) => (path.includes("$") && path !== "/workspaces/$name") || path === "/compare");
/** Of a model alone, its page knows the rest. */
const OF_A_MODEL = new Set(["/models/$name", "/models/$name/compare", "/models/$name/$version"]);

let house: House;

/** What must not show to somebody: what is nobody's, and what is somebody else's. */
function foreignTo(person: Person): RegExp {
  return new RegExp([HIDDEN, ...SHARING.filter((other) => other !== person).map(wordOf)].join("|"), "i");
}

async function comeIn(context: BrowserContext, person: Person): Promise<void> {
  const reply = await context.request.post("/api/runfold/v1/sessions/create", { data: { name: person, password: PASSWORD }, headers: { "X-Runfold-Page": "1" } });
  expect(reply.ok(), await reply.text()).toBe(true);
}

test("every page of the router is walked over", async ({ team }) => {
  const router = readFileSync(fileURLToPath(new URL("../src/app/router.tsx", import.meta.url)), "utf8");
  const paths = [...router.matchAll(/^ {2}path: "(.+)",$/gm)].map(([, path]) => path);
  expect(paths.toSorted()).toEqual(Object.keys(ADDRESSES).toSorted());
  house = await furnish(team);
});

/** Of whom only a part is walked over, the rest being as for others. */
const KINDS: Partial<Record<Person, RegExp>> = {
  keeper: /^\/(experiments|runs|trash)/,
  modeller: /^\/(experiments$|models|registry)/,
  tenant: /^\/(experiments|models|projects|jobs|trash|workspaces)$/,
};

async function walk(context: BrowserContext, person: Person): Promise<string[]> {
  await comeIn(context, person);
  const walker = new Walker(await context.newPage(), foreignTo(person));
  const own = house[person as keyof House] as Records | undefined;
  const reads = (path: string) => !OF_A_RECORD.includes(path) || (own !== undefined && (person !== "modeller" || OF_A_MODEL.has(path)));
  for (const [path, addresses] of Object.entries(ADDRESSES)) {
    if (!reads(path) || KINDS[person]?.test(path) === false) continue;
    walker.beginKind();
    for (const address of addresses(own ?? house.nobody)) {
      await walker.visit(address);
      await walker.tryAll();
      await walker.tryKeys();
    }
  }
  await walker.visit("/experiments");
  await walker.tryPalette(["", HIDDEN, "new", "move", ...SHARING.map(wordOf)]);
  return walker.problems.map((problem) => `${person} ${problem}`);
}

for (const person of PEOPLE.filter((one) => one !== "contributor")) {
  test(`nothing is refused without a word, and nothing foreign shows, to the ${person}`, async ({ browser, team }) => {
    test.setTimeout(300_000);
    const context = await browser.newContext({ baseURL: team.server.address });
    const problems = await walk(context, person);
    await context.close();
    expect(problems).toEqual([]);
  });
}

test("what is foreign is as what is not there", async ({ page, context }) => {
  await comeIn(context, "stranger");
  const { experiment, run, model, project, job } = house.reader;
  for (const [there, absent] of [
    [`/experiments/${experiment}`, "/experiments/99999"],
    [`/runs/${run}`, `/runs/${"0".repeat(32)}`],
    [`/models/${model}`, "/models/absent"],
    [`/models/${model}/2`, "/models/absent/2"],
    [`/projects/${project}`, "/projects/absent"],
    [`/jobs/${job}`, "/jobs/absent"],
  ] as const) {
    const told: string[] = [];
    for (const address of [there, absent]) {
      await page.goto(address);
      const name = decodeURIComponent(address.split("/")[2] ?? "");
      await expect(async () => {
        const text = await page.locator("main").innerText();
        expect(text).toContain("There is no such");
        told.push(text.replaceAll(name, "…").replace(/id [0-9a-f]+…[0-9a-f]+/, "id …"));
      }).toPass();
    }
    expect(told[0], there).toBe(told[1]);
  }
});

test("a program's account is told that browsers need a password, and its token lets nobody in", async ({ page, team }) => {
  const { address } = team.server;
  await administer(address, "users/create", { name: "robot", is_service: true });
  const { secret } = await administer(address, "tokens/create", { user: "robot", name: "nightly", scope: "manager" });
  await page.goto(`/experiments/${house.reader.experiment}`);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("robot");
  await page.getByLabel("Password", { exact: true }).fill(String(secret));
  await expect(page.getByRole("status")).toContainText("Programs sign in with tokens");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("do not go together");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  expect((await page.request.get("/api/runfold/v1/account")).status()).toBe(401);
});

test("a right that is taken back meanwhile is told in words, keeps what was typed, and shows", async ({ page, context, team }) => {
  await comeIn(context, "contributor");
  await page.goto(`/models/${house.contributor.model}/2`);
  await page.getByRole("button", { name: "Ask for promotion" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("textarea").first().fill("better on what is new");
  await administer(team.server.address, "grants/set", { subject: "user:contributor", place: `model:${house.contributor.model}`, role: "reader" });
  await dialog.locator("button[type=submit]").click();
  await expect(dialog.getByRole("alert")).toContainText("needs the role contributor");
  await expect(dialog.locator("textarea").first()).toHaveValue("better on what is new");
  await page.keyboard.press("Escape");
  await expect(page.getByText("Read only")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask for promotion" })).toHaveAttribute("aria-disabled", "true");
});
