import { Link } from "@tanstack/react-router";
import { ChevronRight, MessageSquareText, Star } from "lucide-react";
import type { ReactNode } from "react";
import type { Run } from "../../api/model";
import { useExperiments } from "../../api/queries";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import { classes } from "../../lib/classes";
import type { Field } from "../../lib/field";
import { cutMiddle, duration, exactNumber, shortNumber } from "../../lib/format";
import type { TreeRow } from "../../lib/runTree";
import { TAGS } from "../../records/tags";
import styles from "./cells.module.css";

const INDENT = 14;
const LETTER = 7;

export function NameCell({
  row,
  width,
  colour,
  hasTree,
  onToggle,
}: {
  row: TreeRow<Run>;
  width: number;
  /** Of the run in the charts; null: it is not drawn. */
  colour: string | null;
  hasTree: boolean;
  onToggle: () => void;
}) {
  const { run, depth, nChildren, isOpen, isMatch } = row;
  const isStarred = run.tags[TAGS.star] === "true";
  const note = run.tags[TAGS.note];
  const room = width - 20 - depth * INDENT - (hasTree ? 22 : 0) - (colour ? 14 : 0) - (isStarred ? 18 : 0) - (note ? 18 : 0);
  return (
    <span className={classes(styles.name, !isMatch && styles.dim)} style={{ paddingLeft: depth * INDENT }}>
      {hasTree &&
        (nChildren > 0 ? (
          <button
            type="button"
            className={classes(styles.twist, isOpen && styles.open)}
            aria-label={`${isOpen ? "Hide" : "Show"} ${nChildren} nested runs`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <ChevronRight size={13} />
          </button>
        ) : (
          <span className={styles.twist} />
        ))}
      {colour && <span className={styles.dot} style={{ background: colour }} />}
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        title={isMatch ? run.name : `${run.name}: does not fit the filter, holds runs that do`}
        onClick={(event) => event.stopPropagation()}
      >
        {cutMiddle(run.name, Math.max(8, Math.floor(room / LETTER))) || run.id}
      </Link>
      {isStarred && <Star size={12} className={styles.star} aria-label="Starred" />}
      {note && (
        <span title={note} className={styles.mark}>
          <MessageSquareText size={12} aria-label="Has a note" />
        </span>
      )}
    </span>
  );
}

/** What a run has in a column. */
export function ValueCell({ run, of, isBest }: { run: Run; of: Field; isBest: boolean }): ReactNode {
  switch (of.kind) {
    case "metrics": {
      const metric = run.metrics[of.key];
      return metric ? <MetricValue value={metric[of.stat]} isBest={isBest} /> : null;
    }
    case "params":
      return <TextValue text={run.params[of.key]} />;
    case "tags":
      return <TextValue text={run.tags[of.key]} />;
    case "datasets":
      return null;
    case "attributes":
      return <AttributeCell run={run} name={of.key} />;
  }
}

function MetricValue({ value, isBest }: { value: number; isBest: boolean }) {
  if (!Number.isFinite(value)) return <span className={styles.odd}>{shortNumber(value)}</span>;
  return (
    <span title={exactNumber(value) + (isBest ? " · best" : "")} className={isBest ? styles.best : undefined}>
      {shortNumber(value)}
      {isBest && <span className="sr-only"> best</span>}
    </span>
  );
}

function TextValue({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <span className={styles.cut} title={text.slice(0, 2000)}>
      {text.slice(0, 200)}
    </span>
  );
}

function AttributeCell({ run, name }: { run: Run; name: string }) {
  switch (name) {
    case "state":
    case "status":
      return <StateMark state={run.state} />;
    case "start_time":
      return (
        <span className={styles.soft}>
          <Ago ms={run.startMs} />
        </span>
      );
    case "end_time":
      return (
        <span className={styles.soft}>
          <Ago ms={run.endMs} />
        </span>
      );
    case "duration":
      return <Duration run={run} />;
    case "user_id":
      return <TextValue text={run.user} />;
    case "run_id":
      return <code title={run.id}>{run.id}</code>;
    case "run_name":
      return <TextValue text={run.name} />;
    case "experiment_id":
      return <ExperimentName id={run.experimentId} />;
    default:
      return null;
  }
}

function ExperimentName({ id }: { id: string }) {
  const name = useExperiments("active").data?.find((experiment) => experiment.id === id)?.name ?? id;
  return (
    <Link to="/experiments/$ids" params={{ ids: id }} title={name} className={styles.soft} onClick={(event) => event.stopPropagation()}>
      {cutMiddle(name, 18)}
    </Link>
  );
}

function Duration({ run }: { run: Run }) {
  const now = useNow();
  const end = run.endMs ?? (run.state === "RUNNING" ? now : null);
  return <span className={styles.soft}>{end && run.startMs ? duration(end - run.startMs) : ""}</span>;
}

/** Whether a column holds numbers, which stand at the right. */
export function isNumberColumn(of: Field, rows: readonly Run[]): boolean {
  if (of.kind === "metrics") return true;
  if (of.kind === "attributes") return of.key === "duration";
  if (of.kind !== "params") return false;
  const values = rows.slice(0, 30).flatMap((run) => run.params[of.key] ?? []);
  return values.length > 0 && values.every((value) => value !== "" && Number.isFinite(Number(value)));
}
