import { HERE } from "../api/here";

/** Where this page came from, so that lines of code can be pasted as they are. */
export const SERVER = globalThis.document?.baseURI.replace(/\/$/, "") ?? "http://127.0.0.1:5000";

/** A line that has a client work in this page's workspace; nothing where it does so by itself. */
export function workspaceLine(module: "runfold" | "mlflow"): string {
  return HERE ? `\n${module}.set_workspace(${JSON.stringify(HERE)})` : "";
}

/** What an empty place shows. */
export const FIRST_RUN = `import runfold

runfold.set_tracking_uri("${SERVER}")${workspaceLine("runfold")}
with runfold.start_run():
    runfold.log_metric("loss", 0.42)`;
