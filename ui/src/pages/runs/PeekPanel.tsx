import { Link } from "@tanstack/react-router";
import { ExternalLink, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Run } from "../../api/model";
import { useRun } from "../../api/queries";
import { IconButton } from "../../components/Button";
import { LinkButton } from "../../components/LinkButton";
import { Markdown } from "../../components/Markdown";
import { Bone } from "../../components/States";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { exactNumber, shortNumber } from "../../lib/format";
import { TAGS } from "../../records/tags";
import styles from "./PeekPanel.module.css";

const MOST = 200;

/** A quick look at a run, over the right third; the list stays where it is. */
export function PeekPanel({ runId, onClose }: { runId: string; onClose: () => void }) {
  const { data: run, error } = useRun(runId);
  return (
    <aside className={styles.panel} aria-label="A quick look at a run">
      <header className={styles.head}>
        <h2 title={run?.name}>{run?.name ?? <Bone width={160} height={16} />}</h2>
        <LinkButton look="quiet" render={<Link to="/runs/$runId" params={{ runId }} />}>
          <ExternalLink size={14} />
          Open
        </LinkButton>
        <IconButton label="Close" keys="Space" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </header>
      {error && <p className={styles.section}>{error.message}</p>}
      {run && <PeekBody run={run} />}
    </aside>
  );
}

function PeekBody({ run }: { run: Run }) {
  const metrics = Object.entries(run.metrics).filter(([key]) => !key.startsWith("system/"));
  const tags = Object.entries(run.tags).filter(([key]) => !/^(mlflow|runfold)\./.test(key));
  const note = run.tags[TAGS.note];
  return (
    <div className={styles.body}>
      <p className={styles.facts}>
        <StateMark state={run.state} />
        <Ago ms={run.startMs} />
        {run.user && <span>by {run.user}</span>}
      </p>
      {note && (
        <div className={styles.section}>
          <Markdown text={note} />
        </div>
      )}
      <Facts title="Metrics" rows={metrics.map(([key, m]) => [key, <span title={exactNumber(m.last)}>{shortNumber(m.last)}</span>])} />
      <Facts title="Params" rows={Object.entries(run.params).map(([key, value]) => [key, <span title={value.slice(0, 2000)}>{value.slice(0, 120)}</span>])} />
      <Facts title="Tags" rows={tags.map(([key, value]) => [key, <span title={value.slice(0, 2000)}>{value.slice(0, 120)}</span>])} />
    </div>
  );
}

function Facts({ title, rows }: { title: string; rows: [string, ReactNode][] }) {
  if (!rows.length) return null;
  return (
    <section className={styles.section}>
      <h3>
        {title} <small>{rows.length}</small>
      </h3>
      <dl>
        {rows.slice(0, MOST).map(([key, value]) => (
          <div key={key}>
            <dt title={key}>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {rows.length > MOST && <p>The run's page shows all {rows.length}.</p>}
    </section>
  );
}
