/** Python text that says what a page shows. */

/** JSON strings are Python strings. */
export function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** A line that has a client look names up in a workspace, to stand after another line; nothing where it does so by itself. */
export function workspaceLine(module: string, workspace: string): string {
  return workspace && `\n${module}.set_workspace(${pythonText(workspace)})`;
}

/** A param is kept as text; what a script most likely wrote is a number, a truth value, or a string. */
export function pythonParam(text: string): string {
  if (text === "True" || text === "False" || text === "None") return text;
  return /^-?\d/.test(text) && Number.isFinite(Number(text)) && String(Number(text)) === text ? text : pythonText(text);
}

export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  return String(value);
}

function dictionary(entries: readonly (readonly [string, string])[], indent: string): string {
  const lines = entries.map(([key, value]) => `${indent}    ${pythonText(key)}: ${value},\n`);
  return `{\n${lines.join("")}${indent}}`;
}

export interface LoggedRun {
  name: string;
  experiment: string;
  params: Readonly<Record<string, string>>;
  tags: readonly (readonly [string, string])[];
  metrics: readonly (readonly [string, { last: number; step: number }])[];
}

/** A script that logs a run like this one: its name, tags and params, and where its metrics ended. */
export function logAgainScript(run: LoggedRun, server: string, workspace = ""): string {
  const params = Object.entries(run.params)
    .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
    .map(([key, value]) => [key, pythonParam(value)] as const);
  const tags = run.tags.length ? `, tags=${dictionary(run.tags.map(([key, value]) => [key, pythonText(value)]), "")}` : "";
  const body = [
    ...(params.length ? [`    runfold.log_params(${dictionary(params, "    ")})`] : []),
    ...run.metrics.map(([key, { last, step }]) => `    runfold.log_metric(${pythonText(key)}, ${pythonFloat(last)}, step=${step})`),
  ];
  return [
    "import runfold",
    "",
    `runfold.set_tracking_uri(${pythonText(server)})${workspaceLine("runfold", workspace)}`,
    `runfold.set_experiment(${pythonText(run.experiment)})`,
    `with runfold.start_run(run_name=${pythonText(run.name)}${tags}):`,
    ...(body.length ? body : ["    pass"]),
  ].join("\n");
}
