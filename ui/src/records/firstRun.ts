/** What an empty place shows. The address is where this page came from, so the lines can be pasted as they are. */
export const FIRST_RUN = `import runfold

runfold.set_tracking_uri("${globalThis.document?.baseURI.replace(/\/$/, "") ?? "http://127.0.0.1:5000"}")
with runfold.start_run():
    runfold.log_metric("loss", 0.42)`;
