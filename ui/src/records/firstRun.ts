import { HERE } from "../api/here";
import { workspaceLine } from "../lib/python";

/** Where this page came from, so that lines of code can be pasted as they are. */
export const SERVER = globalThis.document?.baseURI.replace(/\/$/, "") ?? "http://127.0.0.1:5000";

/** What an empty place shows. */
export const FIRST_RUN = `import runfold

runfold.set_tracking_uri("${SERVER}")${workspaceLine("runfold", HERE)}
with runfold.start_run():
    runfold.log_metric("loss", 0.42)`;
