import { Pencil } from "lucide-react";
import { useState } from "react";
import type { Run } from "../../api/model";
import { useSeries } from "../../api/queries";
import { Button, IconButton } from "../../components/Button";
import { Code } from "../../components/Code";
import { TextArea } from "../../components/Field";
import { Markdown } from "../../components/Markdown";
import { SparkLine } from "../../components/Spark";
import { exactNumber, plural, shortNumber } from "../../lib/format";
import { headlineMetrics } from "../../lib/headline";
import { TAGS } from "../../records/tags";
import type { RunEdits } from "../../records/useRunEdits";
import { RunSide } from "./RunSide";
import styles from "./Overview.module.css";

const HEADLINE = 9;
const PARAMS = 24;
const SPARK_POINTS = 48;

/** The run at a glance. */
export function Overview({ run, edits, onTab }: { run: Run; edits: RunEdits; onTab: (tab: string) => void }) {
  const error = run.tags[TAGS.error];
  const params = Object.entries(run.params).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div className={styles.overview}>
      <div className={styles.main}>
        {error && (
          <section className={styles.failure}>
            <h3>The last lines before it failed</h3>
            <Code text={error} plain wrap />
          </section>
        )}
        <Note run={run} edits={edits} />
        <Headline run={run} onTab={onTab} />
        <section>
          <h3>Params</h3>
          {params.length ? (
            <dl className={styles.pairs}>
              {params.slice(0, PARAMS).map(([key, value]) => (
                <div key={key} className={styles.pair}>
                  <dt title={key}>{key}</dt>
                  <dd title={value.slice(0, 2000)}>{value.slice(0, 200)}</dd>
                </div>
              ))}
            </dl>
          ) : (
            <p className={styles.quiet}>None were logged.</p>
          )}
          {params.length > PARAMS && (
            <button type="button" className={styles.more} onClick={() => onTab("params")}>
              All {plural(params.length, "param")}
            </button>
          )}
        </section>
        <section>
          <h3>Log more to this run</h3>
          <Code text={`import runfold\n\nwith runfold.start_run(run_id="${run.id}"):\n    runfold.log_metric("loss", 0.42)`} />
        </section>
      </div>
      <RunSide run={run} edits={edits} onTab={onTab} />
    </div>
  );
}

function Headline({ run, onTab }: { run: Run; onTab: (tab: string) => void }) {
  const own = Object.keys(run.metrics).filter((key) => !key.startsWith("system/"));
  const keys = headlineMetrics(own.map((key) => ({ key, nRuns: 1, variation: 1 })), HEADLINE);
  const series = useSeries({ runIds: [run.id], keys, axis: "step", buckets: SPARK_POINTS, start: null, end: null });
  return (
    <section>
      <h3>Metrics</h3>
      {keys.length ? (
        <div className={styles.metrics}>
          {keys.map((key) => {
            const metric = run.metrics[key];
            const points = series.data?.find((s) => s.key === key)?.mean ?? [];
            return (
              metric && (
                <button
                  key={key}
                  type="button"
                  className={styles.metric}
                  title={`${key}\nlast ${exactNumber(metric.last)} at step ${metric.step}\nmin ${exactNumber(metric.min)}, max ${exactNumber(metric.max)}`}
                  onClick={() => onTab("charts")}
                >
                  <span className={styles.key}>{key}</span>
                  <span className={styles.value}>{shortNumber(metric.last)}</span>
                  <SparkLine values={points} colour="var(--accent)" width={84} />
                </button>
              )
            );
          })}
        </div>
      ) : (
        <p className={styles.quiet}>None were logged.</p>
      )}
      {own.length > keys.length && (
        <button type="button" className={styles.more} onClick={() => onTab("metrics")}>
          All {plural(own.length, "metric")}
        </button>
      )}
    </section>
  );
}

function Note({ run, edits }: { run: Run; edits: RunEdits }) {
  const note = run.tags[TAGS.note] ?? "";
  const [text, setText] = useState<string | null>(null);
  if (text !== null) {
    return (
      <section className={styles.note}>
        <h3>Note</h3>
        <TextArea autoFocus rows={8} aria-label="Note, in Markdown" value={text} onChange={(event) => setText(event.target.value)} />
        <div className={styles.buttons}>
          <Button
            look="primary"
            onClick={() => {
              void edits.setTag(TAGS.note, text, "Note saved");
              setText(null);
            }}
          >
            Save note
          </Button>
          <Button onClick={() => setText(null)}>Cancel</Button>
        </div>
      </section>
    );
  }
  return (
    <section className={styles.note}>
      <h3>
        Note
        <IconButton small label={note ? "Edit the note" : "Write a note"} onClick={() => setText(note)}>
          <Pencil size={12} />
        </IconButton>
      </h3>
      {note ? <Markdown text={note} /> : <p className={styles.quiet}>What was tried here, and what came of it.</p>}
    </section>
  );
}
