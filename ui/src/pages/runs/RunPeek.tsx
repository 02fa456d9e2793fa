import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import type { Run } from "../../api/model";
import { useRun } from "../../api/queries";
import { LinkButton } from "../../components/LinkButton";
import { Markdown } from "../../components/Markdown";
import { Peek, PeekFacts, PeekSection } from "../../components/Peek";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { exactNumber, shortNumber } from "../../lib/format";
import { TAGS } from "../../records/tags";
import styles from "./RunPeek.module.css";

const MOST = 200;
const MOST_TEXT = 120;
const MOST_HOVER = 2000;

/** What a run has, without leaving the table. */
export function RunPeek({ runId, onClose }: { runId: string; onClose: () => void }) {
  const { data: run, error } = useRun(runId);
  return (
    <Peek
      label="A quick look at a run"
      title={run?.name ?? "…"}
      onClose={onClose}
      open={
        <LinkButton look="quiet" render={<Link to="/runs/$runId" params={{ runId }} />}>
          <ExternalLink size={14} />
          Open
        </LinkButton>
      }
    >
      {error && <p className={styles.text}>{error.message}</p>}
      {run && <Body run={run} />}
    </Peek>
  );
}

function Body({ run }: { run: Run }) {
  const metrics = Object.entries(run.metrics).filter(([key]) => !key.startsWith("system/"));
  const tags = Object.entries(run.tags).filter(([key]) => !/^(mlflow|runfold)\./.test(key));
  const note = run.tags[TAGS.note];
  return (
    <>
      <p className={styles.lead}>
        <StateMark state={run.state} />
        <Ago ms={run.startMs} />
        {run.user && <span>by {run.user}</span>}
      </p>
      {note && (
        <div className={styles.text}>
          <Markdown text={note} />
        </div>
      )}
      <Facts title="Metrics" rows={metrics.map(([key, m]) => [key, shortNumber(m.last), exactNumber(m.last)])} />
      <Facts title="Params" rows={Object.entries(run.params).map(text)} />
      <Facts title="Tags" rows={tags.map(text)} />
    </>
  );
}

type Row = readonly [key: string, value: string, hover: string];

/** An empty value keeps its line. */
function text([key, value]: [string, string]): Row {
  return [key, value.slice(0, MOST_TEXT) || " ", value.slice(0, MOST_HOVER)];
}

function Facts({ title, rows }: { title: string; rows: readonly Row[] }) {
  if (!rows.length) return null;
  return (
    <PeekSection title={title} count={rows.length}>
      <PeekFacts rows={rows.slice(0, MOST)} />
      {rows.length > MOST && <p>The run's page shows all {rows.length}.</p>}
    </PeekSection>
  );
}
