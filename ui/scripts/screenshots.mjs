// Takes a picture of every page: node screenshots.mjs <server> <empty server> <folder> [<word in the name>...]
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { takeAll } from "./taking.mjs";

const [server, emptyServer, folder, ...only] = process.argv.slice(2);
const SERIES = "classification/digits/networks";
const EPOCHS = "regression/diabetes/epochs";
const IMAGES = "vision/colour-quantisation";
const GRID = "regression/diabetes/boosting";
const MODEL = "diabetes-progression";
const PROJECT = "elastic net";
const PROJECT_CODE = fileURLToPath(new URL("../../examples/elastic_net", import.meta.url));
const JOB_MS = 60_000;

async function call(path, body) {
  const answer = await fetch(`${server}/api/runfold/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

async function records() {
  const { experiments } = await call("experiments/list", {});
  const ids = Object.fromEntries(experiments.map(({ experiment }) => [experiment.name, experiment.experiment_id]));
  const search = async (name, filter = "") => (await call("runs/search", { experiment_ids: [ids[name]], filter, max_results: 20 })).runs.map((run) => run.info.run_id);
  const failed = (await call("runs/search", { experiment_ids: Object.values(ids), filter: "status = 'FAILED'", max_results: 1 })).runs[0];
  return { ids, job: await work(), runs: await search(SERIES), many: [...(await search(GRID)), ...(await search(SERIES))], pictured: await search(IMAGES), failed: failed?.info.run_id };
}

/** A project that was read and run, and places to run it, as the server's own agent leaves them. Gives the last job. */
async function work() {
  const known = (await call("projects/list", {})).projects ?? [];
  if (!known.length) {
    const about = { name: PROJECT, uri: PROJECT_CODE };
    await call("projects/create", { settings: { ...about, description: "Fits an elastic net to the diabetes data, step by step." } });
    await call("targets/create", { target: { name: "gpu-box", kind: "ssh", labels: ["gpu"], n_gpus: 2, description: "Two cards, in the basement", ssh: { host: "gpu-box.example.org", user: "ada", port: 22 } } });
    await call("secrets/set", { name: "GIT_TOKEN", reference: "env:GIT_TOKEN", description: "Reads the team's repositories" });
    await call("jobs/submit", { work: { kind: "read-project", project: PROJECT, uri: PROJECT_CODE } });
    const works = ["0.05", "0.1", "-1"].map((alpha) => ({ project: PROJECT, uri: PROJECT_CODE, parameters: { alpha } }));
    await call("jobs/submit-many", { works });
  }
  const end = Date.now() + JOB_MS;
  while (Date.now() < end) {
    const { jobs } = await call("jobs/list", { project: PROJECT, max_results: 20 });
    const ran = jobs.find(({ state, work }) => state === "finished" && work.kind !== "read-project");
    if (ran && jobs.every(({ state }) => ["finished", "failed"].includes(state))) return ran.job_id;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("The jobs of the pictures did not end.");
}

/** Pages that the rail leads to and that have no picture of their own below. */
async function otherPages(browser, known) {
  const page = await browser.newPage();
  await page.goto(server);
  const links = page.getByRole("navigation").getByRole("link");
  await links.first().waitFor();
  const paths = await links.evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
  await page.close();
  return [...new Set(paths)].filter((path) => path !== "/" && !known.has(path)).map((path) => [path.slice(1).replaceAll("/", "-"), path]);
}

/** Name, address, and what is done there first. */
function pictures({ ids, job, runs, many, pictured, failed }) {
  const [run] = runs;
  const compared = runs.slice(0, 5).join(",");
  const press = (keys) => (page) => page.keyboard.press(keys);
  const at = (name) => `/experiments/${ids[name]}`;
  return [
    ["experiments", "/experiments"],
    ["experiments-menu", "/experiments", (page) => page.getByRole("button", { name: `Actions for ${SERIES}` }).click({ force: true })],
    ["experiments-new", "/experiments", (page) => page.getByRole("button", { name: "New experiment" }).click()],
    ["experiments-none-found", "/experiments?q=zebra"],
    ["runs", at(SERIES)],
    ["runs-folder", `/experiments/${Object.values(ids).join(",")}`],
    ["charts", `${at(SERIES)}?tab=charts`],
    ["charts-diverging", `${at(EPOCHS)}?tab=charts&clip=1`],
    ["charts-groups", `${at(SERIES)}?tab=charts&group=params.learning_rate`],
    ["charts-metrics", `${at(SERIES)}?tab=charts&board=${encodeURIComponent('[["Training",0,[[0,"loss",{"also":["val/loss"],"w":2,"h":300}],[0,"val/accuracy"]]]]')}`],
    ["charts-add", `${at(SERIES)}?tab=charts`, (page) => page.getByRole("button", { name: "Add chart" }).click()],
    ...["scatter", "bar", "box", "parallel", "importance", "correlation", "contour"].map((kind) => [`charts-${kind}`, `${at(GRID)}?tab=charts&chart=${kind}`]),
    ["run", `/runs/${run}`],
    ["run-params", `/runs/${run}?tab=params`],
    ["run-metrics", `/runs/${run}?tab=metrics`],
    ["run-charts", `/runs/${run}?tab=charts`],
    ["run-artifacts", `/runs/${run}?tab=artifacts`],
    ["run-images", `/runs/${pictured[0]}?tab=images`],
    ["run-files-pictured", `/runs/${pictured[0]}?tab=artifacts`],
    ["run-failed", failed && `/runs/${failed}`],
    ["run-missing", `/runs/${"f".repeat(32)}`],
    ["compare", `/compare?runs=${compared}`],
    ["compare-two", `/compare?runs=${runs.slice(0, 2).join(",")}`],
    ["compare-many", `/compare?runs=${many.join(",")}`],
    ["compare-images", `/compare?runs=${pictured.join(",")}&tab=images`],
    ["compare-charts", `/compare?runs=${compared}&tab=charts`],
    ["compare-code", `/compare?runs=${compared}&tab=code`],
    ["compare-why", `/compare?runs=${compared}&tab=why`],
    ["models", "/models"],
    ["model", `/models/${MODEL}`],
    ["model-aliases", `/models/${MODEL}?tab=aliases`],
    ["model-promotions", `/models/${MODEL}?tab=promotions`],
    ["model-policy", `/models/${MODEL}?tab=policy`],
    ["model-compare", `/models/${MODEL}/compare?versions=1,2`],
    ["model-version", `/models/${MODEL}/1`],
    ["model-version-files", `/models/${MODEL}/1?tab=files`],
    ["model-version-use", `/models/${MODEL}/1?tab=use`],
    ["model-version-try", `/models/${MODEL}/1?tab=try`],
    ["model-missing", "/models/nothing"],
    ["registry", "/registry"],
    ["projects", "/projects"],
    ["projects-new", "/projects", press("n")],
    ["project", `/projects/${PROJECT}`],
    ["project-options", `/projects/${PROJECT}`, (page) => page.getByText("More: where it runs").click()],
    ["project-grid", `/projects/${PROJECT}`, async (page) => {
      await page.getByRole("button", { name: "Try several values of alpha" }).click();
      await page.getByRole("textbox", { name: /^alpha/ }).fill("0.001..1 x 10");
    }],
    ["project-jobs", `/projects/${PROJECT}?tab=jobs`],
    ["project-missing", "/projects/nothing"],
    ["jobs", "/jobs"],
    ["job", `/jobs/${job}`],
    ["job-search", `/jobs/${job}`, (page) => page.getByLabel("Search in the log").fill("step")],
    ["agents", "/jobs?tab=agents"],
    ["targets", "/jobs?tab=targets"],
    ["targets-new", "/jobs?tab=targets", press("n")],
    ["secrets", "/jobs?tab=secrets"],
    ["secrets-new", "/jobs?tab=secrets", press("n")],
    ["trash", "/trash", trashSomething(ids)],
    ["trash-purge", "/trash", trashSomething(ids, (page) => page.getByRole("button", { name: "Empty the trash" }).click())],
    ["storage", "/trash?tab=storage"],
    ["palette", "/experiments", press("Control+k")],
    ["palette-search", "/experiments", async (page) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("digits");
    }],
    ["help", at(SERIES), press("?")],
    ["page-missing", "/nowhere"],
    ["error", at(EPOCHS), null, (page) => page.route("**/api/runfold/v1/runs/search", (route) => route.fulfill({ status: 500, json: { error_code: "INTERNAL_ERROR", message: "The database is being moved." } }))],
    ["server-away", "/experiments", (page) => page.getByText("The server does not answer").first().waitFor(), (page) => page.route("**/api/**", (route) => route.abort())],
    ["loading-experiments", "/experiments", null, never("**/experiments/list")],
    ["loading-runs", at(SERIES), null, never("**/runs/search")],
    ["loading-run", `/runs/${run}`, null, never("**/runs/get")],
  ].filter(([, address]) => address);
}

const never = (pattern) => (page) => page.route(pattern, () => undefined);

/** An experiment with its runs and a run of another one are in the trash while the picture is taken. */
const trashSomething = (ids, then) => async (page) => {
  const [loose] = (await call("runs/search", { experiment_ids: [ids[EPOCHS]], max_results: 1 })).runs;
  const move = (verb) => page.request.post(`${server}/api/2.0/mlflow/experiments/${verb}`, { data: { experiment_id: ids[IMAGES] } });
  await move("delete");
  await call("runs/delete", { run_ids: [loose.info.run_id] });
  await page.reload();
  await page.waitForLoadState("networkidle");
  await then?.(page);
  return async () => {
    await move("restore");
    await call("runs/restore", { run_ids: [loose.info.run_id] });
  };
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const own = pictures(await records());
const known = new Set(own.map(([, address]) => address.split("?")[0]));
const empty = [["empty-store", "/"], ["empty-runs", "/experiments/0"], ["empty-trash", "/trash"], ["empty-models", "/models"], ["empty-projects", "/projects"], ["empty-jobs", "/jobs"], ["empty-targets", "/jobs?tab=targets"]];
await takeAll(browser, server, [...own, ...(await otherPages(browser, known))], { folder, only });
await takeAll(browser, emptyServer, empty, { folder, only });
await browser.close();
