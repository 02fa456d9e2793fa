// Takes the pictures that the documentation shows: node screenshots.mjs <server> <folder>
import { chromium } from "@playwright/test";

const [server, folder] = process.argv.slice(2);
const PICTURES = [
  {
    name: "charts",
    experiment: "classification/digits/networks",
    path: (id) => `/experiments/${id}?tab=charts`,
  },
];

async function call(path, body) {
  const answer = await fetch(`${server}/api/runfold/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

const { experiments } = await call("experiments/list", {});
const ids = new Map(experiments.map(({ experiment }) => [experiment.name, experiment.experiment_id]));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
for (const picture of PICTURES) {
  await page.goto(server + picture.path(ids.get(picture.experiment)));
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${folder}/${picture.name}.png` });
  console.log(`${folder}/${picture.name}.png`);
}
await browser.close();
