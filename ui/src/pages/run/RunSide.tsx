import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import type { DatasetUse, Run } from "../../api/model";
import { keys, useExperiment } from "../../api/queries";
import { CopyButton } from "../../components/Code";
import type { MaybeDenial } from "../../components/denial";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { quoteValue } from "../../lib/filter/complete";
import { cutMiddle, exactTime } from "../../lib/format";
import { placeIn } from "../../lib/workspaces";
import { AccessDialog } from "../../records/accounts/AccessDialog";
import { TagEditor } from "../../records/TagEditor";
import { PACKAGES_PATH, PATCH_PATH, TAGS, environmentTags, ownTags } from "../../records/tags";
import type { RunEdits } from "../../records/useRunEdits";
import type { OpenTab } from "./Overview";
import { RunModels } from "./RunModels";
import styles from "./Overview.module.css";

const CHILDREN = 30;

/** Where a run came from and what belongs to it. */
export function RunSide({ run, edits, denied, onTab }: { run: Run; edits: RunEdits; denied: MaybeDenial; onTab: OpenTab }) {
  const tag = (key: string) => run.tags[key];
  const commit = tag(TAGS.commit);
  const environment = environmentTags(run);
  const command = commandLine(run);
  return (
    <aside className={styles.side} aria-label="About the run">
      <TagEditor
        tags={ownTags(run)}
        denied={denied}
        onSet={(key, value, before) => void edits.setTag(key, value, before === undefined ? undefined : `Tag “${key}” changed`, before)}
        onRemove={(key, before) => void edits.deleteTag(key, before, `Tag “${key}” removed`)}
      />
      <section>
        <h3>Times</h3>
        <dl className={styles.rows}>
          <Row word="Started">{run.startMs > 0 && <span title={exactTime(run.startMs)}>{exactTime(run.startMs).split(" local")[0]}</span>}</Row>
          <Row word="Ended">{run.endMs && <span title={exactTime(run.endMs)}>{exactTime(run.endMs).split(" local")[0]}</span>}</Row>
        </dl>
      </section>
      <section>
        <h3>Source</h3>
        <dl className={styles.rows}>
          <Row word="Command">
            {command && (
              <span className={styles.copied}>
                <code>{command}</code>
                <CopyButton text={command} label="Copy the command" />
              </span>
            )}
          </Row>
          <Row word="Commit">
            {commit && (
              <span className={styles.copied}>
                <span>
                  <code title={commit}>{commit.slice(0, 10)}</code>
                  {tag(TAGS.dirty) === "true" && <span className={styles.quiet}> with changes</span>}
                </span>
                <CopyButton text={commit} label="Copy the commit" />
              </span>
            )}
          </Row>
          <Row word="Branch">{tag(TAGS.branch)}</Row>
          <Row word="Repository">{tag(TAGS.repository) && <Address text={tag(TAGS.repository) ?? ""} />}</Row>
          <Row word="Host">{tag(TAGS.host)}</Row>
          <Row word="Python">{tag(TAGS.python)}</Row>
        </dl>
        {(tag(TAGS.dirty) === "true" || tag(TAGS.python)) && (
          <p className={styles.links}>
            {tag(TAGS.dirty) === "true" && <FileLink run={run} path={PATCH_PATH} word="Uncommitted changes" />}
            {tag(TAGS.python) && <FileLink run={run} path={PACKAGES_PATH} word="Installed packages" />}
          </p>
        )}
      </section>
      {environment.length > 0 && (
        <section>
          <h3>Environment</h3>
          <dl className={styles.rows}>
            {environment.map(([name, value]) => (
              <Row key={name} word={name}>
                {value}
              </Row>
            ))}
          </dl>
        </section>
      )}
      {run.datasets.length > 0 && (
        <section>
          <h3>Datasets</h3>
          {run.datasets.map((use) => (
            <DatasetRow key={use.name + use.digest + use.context} use={use} experimentId={run.experimentId} />
          ))}
        </section>
      )}
      <RunModels run={run} />
      <Family run={run} />
      <section>
        <h3>Files</h3>
        <button type="button" className={styles.more} onClick={() => onTab("artifacts")}>
          Artifacts
        </button>
        <p className={styles.quiet}>
          <code title={run.artifactUri}>{cutMiddle(run.artifactUri, 38)}</code>
        </p>
      </section>
    </aside>
  );
}

/** As it was typed, as far as it is known. */
function commandLine(run: Run): string {
  const program = run.tags[TAGS.sourceName] ?? "";
  const start = /\.py$|^-m /.test(program) ? `python ${program}` : program;
  return [start, run.tags[TAGS.arguments]].filter(Boolean).join(" ");
}

function Address({ text }: { text: string }) {
  if (!/^https?:\/\//.test(text)) return <>{text}</>;
  return (
    <a href={text} target="_blank" rel="noreferrer noopener">
      {text.replace(/^https?:\/\//, "")}
    </a>
  );
}

function Row({ word, children }: { word: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </>
  );
}

function FileLink({ run, path, word }: { run: Run; path: string; word: string }) {
  return (
    <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: "artifacts", file: path }}>
      {word}
    </Link>
  );
}

function DatasetRow({ use, experimentId }: { use: DatasetUse; experimentId: string }) {
  const account = useAccount();
  const experiment = useExperiment(account ? experimentId : "");
  const [isShared, setShared] = useState(false);
  return (
    <details>
      <summary title={use.digest}>
        {use.name} <code className={styles.quiet}>{use.digest.slice(0, 8)}</code> {use.isOutput ? "made" : use.context || "read"}
      </summary>
      <dl className={styles.rows}>
        <Row word="Source">{use.source && <code>{use.source.slice(0, 300)}</code>}</Row>
        <Row word="Profile">{use.profile && <code>{use.profile.slice(0, 300)}</code>}</Row>
        <Row word="Schema">{use.schema && <code>{use.schema.slice(0, 600)}</code>}</Row>
      </dl>
      {experiment.data && (
        <button type="button" className={styles.more} onClick={() => setShared(true)}>
          Access to {cutMiddle(use.name, 28)}…
        </button>
      )}
      {isShared && experiment.data && (
        <AccessDialog place={placeIn(experiment.data.workspace, "dataset", use.name)} title={use.name} onClose={() => setShared(false)} />
      )}
    </details>
  );
}

function Family({ run }: { run: Run }) {
  const api = useApi();
  const parent = useQuery({ queryKey: keys.run(run.parentId ?? ""), queryFn: () => api.getRun(run.parentId ?? ""), enabled: run.parentId !== null });
  const children = useQuery({
    queryKey: [...keys.runs, "children", run.id],
    queryFn: () =>
      api.searchRuns({
        experimentIds: [run.experimentId],
        filter: `tags."mlflow.parentRunId" = ${quoteValue(run.id)}`,
        orderBy: [],
        lifecycle: "active",
        limit: CHILDREN,
        cursor: "",
        keys: { metrics: [], params: [], tags: [] },
      }),
  });
  const below = children.data?.items ?? [];
  if (!run.parentId && !below.length) return null;
  return (
    <section>
      <h3>Nested runs</h3>
      <div className={styles.links}>
        {parent.data && (
          <Link to="/runs/$runId" params={{ runId: parent.data.id }}>
            in {parent.data.name}
          </Link>
        )}
        {below.map((child) => (
          <Link key={child.id} to="/runs/$runId" params={{ runId: child.id }}>
            <StateMark state={child.state} wordless /> {cutMiddle(child.name, 28)} <Ago ms={child.startMs} />
          </Link>
        ))}
        {children.data?.nextCursor && <span className={styles.quiet}>and more; the table of the experiment shows all</span>}
      </div>
    </section>
  );
}
