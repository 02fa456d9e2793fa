/** Code that loads a model, and code that calls one that is served. */
import { pythonText, workspaceLine } from "./python";

export const CALLERS = ["python", "mlflow", "serve", "curl", "r", "java"] as const;
export type Caller = (typeof CALLERS)[number];

export interface Callee {
  /** Address of the tracking server. */
  server: string;
  /** In which the name holds; empty: that of who calls. */
  workspace?: string;
  /** Such as `models:/iris@champion`. */
  uri: string;
  /** A body for `/invocations`, as JSON text. */
  example: string;
}

const PORT = 5001;
const CALL = `http://127.0.0.1:${PORT}/invocations`;

/** Lines to paste. Example bodies stand where a caller puts its own. */
export function loadScript(caller: Caller, callee: Callee): string {
  switch (caller) {
    case "python":
      return python("runfold", "runfold.models.load_model", callee);
    case "mlflow":
      return python("mlflow", "mlflow.pyfunc.load_model", callee);
    case "serve":
      return `export RUNFOLD_TRACKING_URI=${shellText(callee.server)}\n${callee.workspace ? `export RUNFOLD_WORKSPACE=${shellText(callee.workspace)}\n` : ""}runfold models serve -m ${shellText(callee.uri)} --port ${PORT}`;
    case "curl":
      return `curl ${CALL} \\\n  -H 'Content-Type: application/json' \\\n  -d ${shellText(callee.example)}`;
    case "r":
      return `library(httr2)\n\nrequest("${CALL}") |>\n  req_body_raw(${rText(callee.example)}, type = "application/json") |>\n  req_perform() |>\n  resp_body_json()`;
    case "java":
      return java(callee.example);
  }
}

function python(module: string, load: string, { server, workspace = "", uri, example }: Callee): string {
  const lines = [`import ${module}`];
  const rows = frameOf(example);
  if (rows) lines.push("import pandas as pd");
  lines.push("", `${module}.set_tracking_uri(${pythonText(server)})${workspaceLine(module, workspace)}`, `model = ${load}(${pythonText(uri)})`);
  if (rows) lines.push(`data = pd.DataFrame(\n${rows.map((row) => `    ${row},\n`).join("")})`);
  lines.push("print(model.predict(data))");
  return lines.join("\n");
}

/** The rows of an example as the arguments of a data frame; null when it is none. */
function frameOf(example: string): string[] | null {
  let body: unknown;
  try {
    body = JSON.parse(example);
  } catch {
    return null;
  }
  const split = (body as { dataframe_split?: { columns?: unknown; data?: unknown } } | null)?.dataframe_split;
  if (!Array.isArray(split?.columns) || !Array.isArray(split.data)) return null;
  return [pythonValue(split.data.slice(0, 2)), `columns=${pythonValue(split.columns)}`];
}

function pythonValue(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, item]) => `${pythonText(key)}: ${pythonValue(item)}`).join(", ")}}`;
  return typeof value === "string" ? pythonText(value) : String(value);
}

/** In single quotes, where a shell leaves everything else alone. */
function shellText(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A raw string of R, with as many dashes as keep the text from closing it. */
function rText(text: string): string {
  let dashes = "";
  while (text.includes(`)${dashes}"`)) dashes += "-";
  return `r"${dashes}(${text})${dashes}"`;
}

function java(example: string): string {
  return `import java.net.URI;
import java.net.http.*;

var request = HttpRequest.newBuilder(URI.create("${CALL}"))
    .header("Content-Type", "application/json")
    .POST(HttpRequest.BodyPublishers.ofString(${JSON.stringify(example)}))
    .build();
var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
System.out.println(answer.body());`;
}
