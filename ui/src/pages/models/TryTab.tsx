import { useMutation } from "@tanstack/react-query";
import { Play, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useApi } from "../../api/context";
import type { ModelVersion } from "../../api/registry/model";
import { useScorers } from "../../api/registry/queries";
import type { ScoringReply } from "../../api/registry/scoring";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { TextArea } from "../../components/Field";
import { Bone, EmptyState } from "../../components/States";
import { duration } from "../../lib/format";
import { useReadsEverything } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { useExample } from "./examples";
import { readPredictions } from "./predictions";
import { useVersionFiles } from "./versionFiles";
import shared from "./models.module.css";
import styles from "./TryTab.module.css";

const SCORER_KEY = "runfold.scorer";

/** Sends an input to a scoring server that this server was told of, and shows what comes back. */
export function TryTab({ version }: { version: ModelVersion }) {
  if (useReadsEverything()) return <Try version={version} />;
  return (
    <EmptyState
      title="Scoring servers belong to the whole server"
      text="Inputs are passed on for those who have a role on everything; an administrator can grant one. To try the version yourself, load it or serve it where you work:"
      code={`runfold models serve -m ${quoted(`models:/${version.name}/${version.version}`)} --port 5001`}
    />
  );
}

function Try({ version }: { version: ModelVersion }) {
  const { registry } = useApi();
  const scorers = useScorers();
  const files = useVersionFiles(version.name, version.version);
  const example = useExample(files, version.card.signature);
  const [text, setText] = useState<string | null>(null);
  const [kept, setKept] = useState(() => localStorage.getItem(SCORER_KEY) ?? "");
  const scorer = scorers.data?.find(({ name }) => name === kept) ?? scorers.data?.[0];
  const stop = useRef<AbortController | null>(null);
  const score = useMutation({
    mutationFn: ({ name, body }: { name: string; body: string }) => {
      stop.current = new AbortController();
      return registry.score(name, body, stop.current.signal);
    },
  });
  useEffect(() => () => stop.current?.abort(), []);
  const body = text ?? example?.body ?? "";
  const problem = text === null ? null : jsonProblem(text);
  const send = () => scorer && !problem && body && score.mutate({ name: scorer.name, body });

  if (scorers.error) return <FailureState what="The scoring servers could not be listed" error={scorers.error} retry={() => void scorers.refetch()} />;
  if (scorers.data && !scorer) {
    return (
      <EmptyState
        title="No scoring server is known here"
        text="The tracking server never loads a model. Start a scoring server, and name it when this server is started; inputs go there through this server, and nowhere else:"
        code={`runfold models serve -m ${quoted(`models:/${version.name}/${version.version}`)} --port 5001\nrunfold server --scoring-servers ${quoted("try=http://127.0.0.1:5001")}`}
      />
    );
  }
  return (
    <div className={styles.split}>
      <form
        className={styles.half}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className={styles.tools}>
          <h3>Input</h3>
          {example?.isMadeUp && text === null && <span className={shared.quiet}>made up from the signature</span>}
          {text !== null && text !== example?.body && (
            <Button small look="quiet" onClick={() => setText(null)}>
              <RotateCcw size={12} />
              The example again
            </Button>
          )}
        </div>
        {example ? (
          <TextArea
            className={styles.text}
            aria-label="Input, as JSON"
            aria-invalid={problem !== null}
            spellCheck={false}
            value={body}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              send();
            }}
          />
        ) : (
          <Bone width="100%" height={200} />
        )}
        <div className={shared.buttons}>
          <Button look="primary" type="submit" disabled={!scorer || !body || problem !== null || score.isPending}>
            <Play size={13} />
            {score.isPending ? "Waiting for the answer" : "Predict"}
          </Button>
          {score.isPending && <Button onClick={() => stop.current?.abort()}>Stop waiting</Button>}
          <label className={shared.line}>
            on
            <select
              aria-label="Scoring server"
              value={scorer?.name ?? ""}
              onChange={(event) => {
                localStorage.setItem(SCORER_KEY, event.target.value);
                setKept(event.target.value);
              }}
            >
              {scorers.data?.map(({ name, address }) => (
                <option key={name} value={name}>
                  {name} · {address}
                </option>
              ))}
            </select>
          </label>
          {problem && (
            <span role="alert" className={shared.bad}>
              {problem}
            </span>
          )}
        </div>
        <p className={shared.quiet}>The server answers with the model that it serves, whichever page asks; the answer says which that was.</p>
      </form>
      <section className={styles.half} aria-label="Answer" aria-live="polite">
        <h3>Answer</h3>
        {score.isPending ? (
          <Bone width="100%" height={120} />
        ) : score.error && score.error.name !== "AbortError" ? (
          <p className={shared.bad}>{score.error.message}</p>
        ) : score.data && !score.error ? (
          <Answer reply={score.data} asked={`${version.name}/${version.version}`} />
        ) : (
          <p className={shared.quiet}>What the model says shows here.</p>
        )}
      </section>
    </div>
  );
}

const MOST_ROWS = 200;

function Answer({ reply, asked }: { reply: ScoringReply; asked: string }) {
  const isFine = reply.status >= 200 && reply.status < 300;
  const table = isFine ? readPredictions(reply.text) : null;
  return (
    <>
      <p className={isFine ? shared.good : shared.bad}>
        {isFine ? "Answered" : `Refused with status ${reply.status}`} in {duration(reply.ms)}
        {reply.model && ` by ${reply.model}`}
      </p>
      {reply.model && reply.model !== asked && <p className={shared.quiet}>That is another model or version than the one of this page.</p>}
      {table && (
        <div className={styles.scroll} tabIndex={0} role="group" aria-label="Predictions">
          <table className={shared.table}>
            <thead>
              <tr>
                <th>Row</th>
                {table.columns.map((column, at) => (
                  <th key={at}>{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.slice(0, MOST_ROWS).map((row, at) => (
                <tr key={at}>
                  <td className={shared.quiet}>{at}</td>
                  {row.map((cell, i) => (
                    <td key={i}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details open={!table}>
        <summary>As it was sent</summary>
        <Code text={reply.text} plain wrap />
      </details>
    </>
  );
}

function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? `This is no JSON: ${error.message}` : "This is no JSON";
  }
}

function quoted(text: string): string {
  return /^[\w@:/.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
