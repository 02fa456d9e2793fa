import { useState } from "react";
import type { Run } from "../../api/model";
import { useExperiment } from "../../api/queries";
import { HERE } from "../../api/here";
import { Code } from "../../components/Code";
import { headlineMetrics } from "../../lib/headline";
import { logAgainScript, pythonText } from "../../lib/python";
import { SERVER } from "../../records/firstRun";
import { ownTags } from "../../records/tags";
import styles from "./Overview.module.css";

const METRICS = 8;
const WORDS = { again: "Log a run like this", more: "Log more to this run", read: "Read this run" } as const;
type Which = keyof typeof WORDS;

/** Python for the next step with this run, to copy. */
export function Scripts({ run }: { run: Run }) {
  const [which, setWhich] = useState<Which>("again");
  const experiment = useExperiment(run.experimentId).data?.name ?? "";
  const own = Object.keys(run.metrics).filter((key) => !key.startsWith("system/"));
  const keys = headlineMetrics(own.map((key) => ({ key, nRuns: 1, variation: 1 })), METRICS);
  const metrics = keys.flatMap((key) => (run.metrics[key] ? [[key, run.metrics[key]] as const] : []));
  const intro = `import runfold\n\nrunfold.set_tracking_uri(${pythonText(SERVER)})\n`;
  const scripts: Record<Which, string> = {
    again: logAgainScript({ name: run.name, experiment, params: run.params, tags: ownTags(run), metrics }, SERVER, HERE),
    more: `${intro}with runfold.start_run(run_id="${run.id}"):\n    runfold.log_metric("loss", 0.42)`,
    read: `${intro}run = runfold.get_run("${run.id}")\nprint(run.data.params, run.data.metrics)`,
  };
  return (
    <section>
      <div className={styles.scripts} role="tablist" aria-label="Python for this run">
        {(Object.keys(WORDS) as Which[]).map((key) => (
          <button key={key} type="button" role="tab" aria-selected={key === which} onClick={() => setWhich(key)}>
            {WORDS[key]}
          </button>
        ))}
      </div>
      <Code text={scripts[which]} />
    </section>
  );
}
