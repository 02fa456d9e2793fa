// Drives Chromium through one scenario and prints what its trace says: node trace.mjs <scenario as JSON>
//
// Times come from the browser's own trace (CDP Tracing): navigation, requests, tasks of the main thread and paints. The
// page is watched by a script that marks the moments when rows or drawings have come (`performance.mark`, which the
// trace holds on the same clock).
import { createRequire } from "node:module";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

const scenario = JSON.parse(process.argv[2]);
const CATEGORIES = ["blink.user_timing", "devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "loading", "v8"];
const PATIENCE_MS = scenario.patienceMs ?? 60_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const devtools = await page.context().newCDPSession(page);
await page.addInitScript(watch, scenario);
const points = { nOpen: 0, lastMs: Date.now() };
for (const [event, change] of [["request", 1], ["requestfinished", -1], ["requestfailed", -1]]) {
  page.on(event, (request) => {
    if (scenario.kind !== "draw" || !request.url().includes(scenario.request)) return;
    points.nOpen += change;
    points.lastMs = Date.now();
  });
}
const answer = await scenarios()[scenario.kind]();
console.log(JSON.stringify(answer));
await browser.close();

/** Runs in the page: marks `first` with the frame after something that fits the selector has been drawn. */
function watch({ selector }) {
  const look = () => {
    if (!document.querySelector(selector)) requestAnimationFrame(look);
    else requestAnimationFrame(() => setTimeout(() => performance.mark("bench-first")));
  };
  requestAnimationFrame(look);
}

function scenarios() {
  return { open, scroll, draw };
}

/** A navigation until the first rows or lines are on the screen, and the scripts it cost. */
async function open() {
  let bytes = 0;
  const scripts = new Set();
  await devtools.send("Network.enable");
  devtools.on("Network.responseReceived", ({ requestId, type }) => type === "Script" && scripts.add(requestId));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  const events = await traced(async () => {
    await page.goto(scenario.url, { waitUntil: "commit" });
    await marked("bench-first");
  });
  const start = events.filter((event) => event.name === "navigationStart" && event.args?.data?.documentLoaderURL === scenario.url).at(-1);
  return { first_ms: (mark(events, "bench-first").ts - start.ts) / 1000, script_bytes: bytes, ...tasks(events, start.ts, Infinity) };
}

/** Scrolls through pages of rows: how long rows take to come, how long the page is busy at once, what memory does. */
async function scroll() {
  await page.goto(scenario.url);
  await page.waitForSelector(scenario.selector, { timeout: PATIENCE_MS });
  await page.waitForTimeout(1000);
  const before = await heap();
  let marks = 0;
  const events = await traced(async () => {
    for (let at = 0; at < scenario.pages; at++) marks = await nextPage(at);
  });
  const after = await heap();
  const arrivals = [];
  for (let at = 0; at < marks; at++) {
    const shown = mark(events, `bench-rows-${at}`);
    const from = mark(events, `bench-scroll-${at}`);
    // What the scrolling asked for, until its rows are drawn.
    const sent = events.find((event) => event.name === "ResourceSendRequest" && event.ts >= from?.ts && event.args.data.url.includes(scenario.request));
    if (shown && sent && sent.ts < shown.ts) arrivals.push((shown.ts - sent.ts) / 1000);
  }
  const first = mark(events, "bench-scroll-0");
  return {
    page_ms: median(arrivals),
    n_pages: arrivals.length,
    heap_before_mib: before,
    heap_after_mib: after,
    heap_growth_mib: after - before,
    ...tasks(events, first?.ts ?? 0, Infinity),
  };
}

/** Scrolls to the end of what is loaded and waits until rows have come below it. */
async function nextPage(at) {
  const seen = await page.evaluate(
    async ({ at, scroller, rowSelector, more, patience }) => {
      const box = scroller ? document.querySelector(scroller) : document.scrollingElement;
      const size = () => box.scrollHeight;
      const before = size();
      performance.mark(`bench-scroll-${at}`);
      const end = performance.now() + patience;
      let isAsked = false;
      while (performance.now() < end) {
        if (more) {
          const button = [...document.querySelectorAll("button")].find((one) => one.textContent.includes(more) && !one.disabled);
          if (button && !isAsked) {
            isAsked = true;
            button.click();
          }
        }
        box.scrollBy(0, 900);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        if (size() > before) {
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          performance.mark(`bench-rows-${at}`);
          return { rows: document.querySelectorAll(rowSelector).length, grown: true };
        }
      }
      return { rows: document.querySelectorAll(rowSelector).length, grown: false };
    },
    { at, scroller: scenario.scroller, rowSelector: scenario.selector, more: scenario.more ?? "", patience: 10_000 },
  );
  return seen.grown ? at + 1 : at;
}

/** Charts: from the last byte of the series until they are drawn. */
async function draw() {
  const events = await traced(async () => {
    await page.goto(scenario.url, { waitUntil: "commit" });
    await marked("bench-first");
    await pointsCame();
  });
  const requests = new Map();
  for (const event of events) {
    if (event.name === "ResourceSendRequest" && event.args.data.url.includes(scenario.request)) requests.set(event.args.data.requestId, { sent: event.ts });
    if (event.name === "ResourceFinish" && requests.has(event.args.data.requestId)) requests.get(event.args.data.requestId).done = event.ts;
  }
  const done = [...requests.values()].filter((request) => request.done);
  const last = Math.max(...done.map((request) => request.done));
  // The main thread works on the answer in tasks that follow it; the drawing is over with the last of these that is long.
  const busy = events.filter((event) => event.name === "RunTask" && event.tid === mainThread(events) && event.ts + event.dur > last && event.ts < last + 20_000_000 && event.dur > 4000);
  const end = Math.max(last, ...busy.map((event) => event.ts + event.dur));
  return {
    draw_ms: (end - last) / 1000,
    wait_ms: (last - Math.min(...done.map((request) => request.sent))) / 1000,
    n_requests: done.length,
    ...tasks(events, last - 1000, Infinity),
  };
}

/** No request for points is open any more, and none has followed for a second. Pages may go on asking for other things. */
async function pointsCame() {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && (points.nOpen > 0 || Date.now() - points.lastMs < 1000)) await page.waitForTimeout(100);
}

async function marked(name) {
  await page.waitForFunction((wanted) => performance.getEntriesByName(wanted).length > 0, name, { timeout: PATIENCE_MS });
}

async function traced(work) {
  const events = [];
  devtools.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await devtools.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: CATEGORIES } });
  await work();
  const complete = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
  await devtools.send("Tracing.end");
  await complete;
  return events.sort((a, b) => a.ts - b.ts);
}

function mark(events, name) {
  return events.find((event) => event.name === name && event.cat.includes("blink.user_timing"));
}

/** The thread that the page's own marks were made on. */
function mainThread(events) {
  return events.find((event) => event.name.startsWith("bench-") && event.cat.includes("blink.user_timing"))?.tid;
}

/** Tasks of the page's main thread: the longest, and how many are over 100 ms. */
function tasks(events, from, until) {
  const thread = mainThread(events);
  const own = events.filter((event) => event.name === "RunTask" && event.tid === thread && event.ts >= from && event.ts < until);
  const long = own.map((event) => (event.dur ?? 0) / 1000);
  // On a busy machine a task waits for a core: its own time on one says what the page is to blame for.
  const cpu = own.map((event) => (event.tdur ?? 0) / 1000);
  return { longest_task_ms: Math.max(0, ...long), longest_task_cpu_ms: Math.max(0, ...cpu), n_long_tasks: long.filter((ms) => ms > 100).length };
}

async function heap() {
  await devtools.send("HeapProfiler.enable");
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}

function median(values) {
  if (!values.length) return null;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
