import { Pencil } from "lucide-react";
import { useState } from "react";
import type { Run } from "../../api/model";
import { useSeries } from "../../api/queries";
import { Button, IconButton } from "../../components/Button";
import { TextArea } from "../../components/Field";
import { Markdown } from "../../components/Markdown";
import { SparkLine } from "../../components/Spark";
import { exactNumber, plural, shortNumber } from "../../lib/format";
import { headlineMetrics } from "../../lib/headline";
import type { Query } from "../../lib/query";
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
export function Overview({ run, edits, onTab }: { run: Run; edits: RunEdits; onTab: OpenTab }) {
  const params = Object.entries(run.params).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div className={styles.overview}>
      <div className={styles.main}>
        <Failure run={run} />
        <Note run={run} edits={edits} />
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
      <RunSide run={run} edits={edits} onTab={onTab} />
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

function Note({ run, edits }: { run: Run; edits: RunEdits }) {
  const note = run.tags[TAGS.note] ?? "";
  const [text, setText] = useState<string | null>(null);
  const save = (next: string) => {
    if (next !== note) void edits.setTag(TAGS.note, next, "Note saved", note);
    setText(null);
  };
  if (text !== null) {
    return (
      <section className={styles.note}>
        <h3>Note</h3>
        <TextArea
          autoFocus
          rows={8}
          aria-label="Note, in Markdown"
          placeholder="What was tried here, and what came of it. Markdown works: **bold**, `code`, lists, tables, links."
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setText(null);
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(text);
          }}
        />
        <div className={styles.buttons}>
          <Button look="primary" onClick={() => save(text)}>
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
      {note ? (
        <Markdown text={note} />
      ) : (
        <button type="button" className={styles.write} onClick={() => setText("")}>
          Write what was tried here, and what came of it
        </button>
      )}
    </section>
  );
}
