/** Runs as files and as code. */
import type { Run } from "../../api/model";
import { csvText } from "../../lib/csv";
import { parseField } from "../../lib/field";

function valueOf(run: Run, column: string): string | number | null {
  const of = parseField(column);
  switch (of.kind) {
    case "metrics":
      return run.metrics[of.key]?.[of.stat] ?? null;
    case "params":
      return run.params[of.key] ?? null;
    case "tags":
      return run.tags[of.key] ?? null;
    case "datasets":
      return null;
    case "attributes":
      return attribute(run, of.key);
  }
}

function attribute(run: Run, key: string): string | number | null {
  const values: Record<string, string | number | null> = {
    run_id: run.id,
    run_name: run.name,
    experiment_id: run.experimentId,
    state: run.state,
    status: run.state,
    start_time: run.startMs ? new Date(run.startMs).toISOString() : null,
    end_time: run.endMs ? new Date(run.endMs).toISOString() : null,
    duration: run.endMs && run.startMs ? (run.endMs - run.startMs) / 1000 : null,
    user_id: run.user,
  };
  return values[key] ?? null;
}

/** Durations are in seconds, times in ISO 8601, UTC. */
function header(column: string): string {
  return column === "duration" ? "duration_s" : column;
}

const FIXED = ["run_id", "run_name"];

export function toCsv(runs: readonly Run[], columns: readonly string[]): string {
  const all = [...FIXED, ...columns.filter((column) => !FIXED.includes(column))];
  return csvText([all.map(header), ...runs.map((run) => all.map((column) => valueOf(run, column)))]);
}

/** JSON has no NaN and infinities; they are written as text. */
export function toJson(runs: readonly Run[], columns: readonly string[]): string {
  const all = [...FIXED, ...columns.filter((column) => !FIXED.includes(column))];
  const safe = (value: string | number | null) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
  return JSON.stringify(
    runs.map((run) => Object.fromEntries(all.map((column) => [header(column), safe(valueOf(run, column))]))),
    null,
    2,
  );
}

export function toPython(origin: string, experimentIds: readonly string[], filter: string, order: readonly string[]): string {
  const lines = [
    "import runfold",
    "",
    `runfold.set_tracking_uri(${JSON.stringify(origin)})`,
    "runs = runfold.search_runs(",
    `    experiment_ids=${JSON.stringify(experimentIds)},`,
  ];
  if (filter) lines.push(`    filter_string=${pythonText(filter)},`);
  if (order.length) lines.push(`    order_by=[${order.map(pythonText).join(", ")}],`);
  return [...lines, ")", ""].join("\n");
}

function pythonText(text: string): string {
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}
