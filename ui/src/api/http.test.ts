import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "./client";
import { HttpApi } from "./http";

const api = new HttpApi();
const asked: { url: string; body: unknown }[] = [];

function answer(body: unknown, status = 200): void {
  vi.stubGlobal("fetch", (url: URL, init: RequestInit) => {
    asked.push({ url: url.href, body: init.body ? JSON.parse(String(init.body)) : null });
    return Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  });
}

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("document", { baseURI: "http://host/prefix/" });
});
afterEach(() => vi.unstubAllGlobals());

const INFO = {
  run_id: "r", experiment_id: "1", run_name: "n", status: "RUNNING", start_time_ms: 5, artifact_uri: "a", lifecycle_stage: "active",
  change: 1, is_lost: true,
};

it("asks below the prefix for the named columns, and reads NaN and lost runs", async () => {
  answer({
    runs: [{ info: INFO, params: { lr: "1" }, tags: {}, metrics: { loss: { last: "NaN", step: 1, timestamp_ms: 2, min: 0.5, max: "Infinity", count: 2 } }, datasets: [] }],
    next_page_token: "next",
  });
  const page = await api.searchRuns({
    experimentIds: ["1"], filter: "a = 1", orderBy: [], lifecycle: "active", limit: 7, cursor: "", keys: { metrics: ["loss"], params: [], tags: null },
  });
  expect(asked[0]).toMatchObject({
    url: "http://host/prefix/api/runfold/v1/runs/search",
    body: { view_type: "ACTIVE_ONLY", max_results: 7, columns: { metrics: ["loss"], params: [], tags: null, datasets: false } },
  });
  expect(page.nextCursor).toBe("next");
  expect(page.items[0]).toMatchObject({ id: "r", state: "LOST", endMs: null, metrics: { loss: { last: Number.NaN, max: Number.POSITIVE_INFINITY } } });
});

it("reads buckets as columns", async () => {
  answer({ series: [{ run_id: "r", key: "loss", n_points: 9, buckets: [[0, 4, 5, 0, 1, 3, 2, 3], [5, 8, 4, 4, null, null, null, null]], other: [1000, 1005] }] });
  const [series] = await api.sampleSeries({ runIds: ["r"], keys: ["loss"], axis: "step", buckets: 2, start: 0.4, end: 9.2 });
  expect(asked[0]?.body).toMatchObject({ start: 0, end: 10 });
  expect(series).toEqual({ runId: "r", key: "loss", nPoints: 9, x: [0, 5], other: [1000, 1005], nNan: [0, 4], min: [1, null], max: [3, null], mean: [2, null], last: [3, null] });
});

it.each([
  [400, { error_code: "INVALID_PARAMETER_VALUE", message: "no", position: 3 }, { code: "INVALID_PARAMETER_VALUE", position: 3, isUnreachable: false }],
  [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "gone" }, { isMissing: true }],
  [502, "<html>bad gateway</html>", { code: "UNREACHABLE", isUnreachable: true }],
])("tells the meaning of a %d", async (status, body, expected) => {
  answer(body, status);
  const error = await api.getRun("r").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject(expected);
});

it("says that the server is gone when nobody answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
  await expect(api.getRun("r")).rejects.toMatchObject({ isUnreachable: true });
});

it("reads only the first bytes of a file", async () => {
  answer("0123456789");
  expect(await api.readArtifact("r", "a b.txt", 4)).toEqual({ text: "0123", isWhole: false });
  expect(asked[0]?.url).toBe("http://host/prefix/get-artifact?run_id=r&path=a+b.txt");
});
