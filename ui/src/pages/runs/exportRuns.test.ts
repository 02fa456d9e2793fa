import { expect, it } from "vitest";
import type { Run } from "../../api/model";
import { toCsv, toJson, toPython } from "./exportRuns";

const RUN: Run = {
  id: "r1", experimentId: "1", name: 'a "quoted", name', state: "FINISHED", startMs: 1000, endMs: 61_000, user: "=cmd()",
  parentId: null, isDeleted: false, deletedMs: null, artifactUri: "", tags: {}, datasets: [],
  params: { lr: "-0.1" },
  metrics: { loss: { last: Number.NaN, min: 0.5, max: 2, step: 3, timestampMs: 0, count: 4 } },
};
const COLUMNS = ["user_id", "duration", "params.lr", "metrics.loss", "metrics.loss.min"];

it("writes CSV that spreadsheets read and do not run", () => {
  expect(toCsv([RUN], COLUMNS)).toBe(
    "run_id,run_name,user_id,duration_s,params.lr,metrics.loss,metrics.loss.min\r\n" +
      'r1,"a ""quoted"", name",\'=cmd(),60,-0.1,NaN,0.5\r\n',
  );
});

it("writes JSON that any reader takes", () => {
  expect(JSON.parse(toJson([RUN], COLUMNS))[0]).toMatchObject({ "metrics.loss": "NaN", "metrics.loss.min": 0.5 });
});

it("writes code that asks the same", () => {
  expect(toPython("http://h", ["1"], "params.a = 'x'", ["metrics.loss ASC"])).toContain(
    `    filter_string="params.a = 'x'",\n    order_by=["metrics.loss ASC"],\n)`,
  );
});
