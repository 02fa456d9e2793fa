import { expect, test } from "vitest";
import { pagesWith } from "./live";
import { EVERY_JOB, GRID_TAG, type Job, type JobFilter, NEW_WORK } from "./model";

const job = (id: string, createdMs: number, patch: Partial<Job> = {}, grid = ""): Job => ({
  id,
  work: { ...NEW_WORK, tags: grid ? { [GRID_TAG]: grid } : {} },
  state: "queued",
  createdMs,
  attempt: 0,
  agent: "",
  startMs: null,
  endMs: null,
  isCancelAsked: false,
  exitCode: null,
  reason: "",
  runId: "",
  ...patch,
});
const PAGES = [
  { items: [job("d", 40), job("c", 30)], nextCursor: "c" },
  { items: [job("b", 20)], nextCursor: "b" },
];
const idsOf = (changed: Job[], filter: Partial<JobFilter> = {}, pages = PAGES) => pagesWith(pages, changed, { ...EVERY_JOB, ...filter })?.map(({ items }) => items.map(({ id }) => id).join(""));

test("a job that is shown changes in its place", () => {
  const pages = pagesWith(PAGES, [job("c", 30, { state: "running" })], EVERY_JOB);
  expect(pages?.[0]?.items.map(({ state }) => state)).toEqual(["queued", "running"]);
  expect(PAGES[0]?.items[1]?.state).toBe("queued");
});

test("a new one stands where its age says, and one beyond what is loaded is left out", () => {
  expect(idsOf([job("e", 50)])).toEqual(["edc", "b"]);
  expect(idsOf([job("x", 35)])).toEqual(["dxc", "b"]);
  expect(idsOf([job("x", 25)])).toEqual(["dc", "xb"]);
  expect(idsOf([job("a", 10)])).toEqual(["dc", "b"]);
  expect(idsOf([job("a", 10)], {}, [{ items: [], nextCursor: "" }])).toEqual(["a"]);
});

test("one that fits no more goes, and one of something else never comes", () => {
  expect(idsOf([job("c", 30, { state: "failed" })], { states: ["queued"] })).toEqual(["d", "b"]);
  expect(idsOf([job("e", 50)], { queue: "gpu" })).toEqual(["dc", "b"]);
});

test("of a grid, the newest stands for all", () => {
  const pages = [{ items: [job("g2", 40, {}, "g"), job("c", 30)], nextCursor: "" }];
  expect(idsOf([job("g3", 50, {}, "g")], { isFolded: true }, pages)).toEqual(["g3c"]);
  expect(idsOf([job("g1", 35, {}, "g")], { isFolded: true }, pages)).toEqual(["g2c"]);
  expect(idsOf([job("g1", 35, {}, "g")], {}, pages)).toEqual(["g2g1c"]);
});

test("what only the server knows is asked", () => {
  expect(idsOf([job("e", 50)], { text: "alpha" })).toBeUndefined();
  const pages = [{ items: [job("g2", 40, {}, "g")], nextCursor: "" }];
  expect(idsOf([job("g2", 40, { state: "failed" }, "g")], { isFolded: true, states: ["queued"] }, pages)).toBeUndefined();
});
