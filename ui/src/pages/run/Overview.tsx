import type { Run } from "../../api/model";
import { useSeries } from "../../api/queries";
import type { MaybeDenial } from "../../components/denial";
import { SparkLine } from "../../components/Spark";
import { exactNumber, plural, shortNumber } from "../../lib/format";
import { headlineMetrics } from "../../lib/headline";
import type { Query } from "../../lib/query";
import { NoteEditor } from "../../records/NoteEditor";
import { TAGS } from "../../records/tags";
import type { RunEdits } from "../../records/useRunEdits";
import { Failure } from "./Failure";
import { RunSide } from "./RunSide";
import { Scripts } from "./Scripts";
import styles from "./Overview.module.css";

const HEADLINE = 9;
const PARAMS = 24;
const SPARK_POINTS = 48;

/** Opens another part of the page, and sets more of its view. */
export type OpenTab = (tab: string, more?: Query) => void;

/** The run at a glance. */
export function Overview({ run, edits, denied, onTab }: { run: Run; edits: RunEdits; denied: MaybeDenial; onTab: OpenTab }) {
  const params = Object.entries(run.params).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div className={styles.overview}>
      <div className={styles.main}>
        <Failure run={run} />
        <Note run={run} edits={edits} denied={denied} />
        <Headline run={run} onTab={onTab} />
        <section>
          <h3>Params</h3>
          {params.length ? (
            <dl className={styles.pairs}>
              {params.slice(0, PARAMS).map(([key, value]) => (
                <div key={key} className={styles.pair}>
                  <dt title={key}>{key}</dt>
                  <dd title={value.slice(0, 2000)}>{value ? value.slice(0, 200) : <span className={styles.quiet}>empty</span>}</dd>
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
        <Scripts run={run} />
      </div>
      <RunSide run={run} edits={edits} denied={denied} onTab={onTab} />
    </div>
  );
}

function Headline({ run, onTab }: { run: Run; onTab: OpenTab }) {
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
                  onClick={() => onTab("charts", { big: key })}
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

function Note({ run, edits, denied }: { run: Run; edits: RunEdits; denied: MaybeDenial }) {
  const note = run.tags[TAGS.note] ?? "";
  return (
    <NoteEditor
      word="Note"
      text={note}
      denied={denied}
      invitation="Write what was tried here, and what came of it"
      onSave={(text) => void edits.setTag(TAGS.note, text, "Note saved", note)}
    />
  );
}
