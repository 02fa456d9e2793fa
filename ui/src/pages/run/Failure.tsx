import { useState } from "react";
import type { Run, RunState } from "../../api/model";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { count } from "../../lib/format";
import { readTrace } from "../../lib/trace";
import { TAGS } from "../../records/tags";
import styles from "./Overview.module.css";

const TAIL = 10;

const SILENT: Partial<Record<RunState, string>> = {
  FAILED: "It failed and left no trace: its program ended before it could say why. Its log may tell.",
  KILLED: "It was stopped from outside, by a person, a scheduler or a full memory. What it logged before is here.",
  LOST: "It says it is running, but has been silent for too long: its process or its machine may be gone. What it logged is here; “runfold sync” on its machine sends what is still there.",
};

/** Why the run did not finish, as far as anybody knows; nothing for one that did. */
export function Failure({ run }: { run: Run }) {
  const [isWhole, setWhole] = useState(false);
  const error = run.tags[TAGS.error];
  const silent = SILENT[run.state];
  if (!error && !silent) return null;
  if (!error) {
    return (
      <section className={styles.failure}>
        <h3>Why it did not finish</h3>
        <p>{silent}</p>
      </section>
    );
  }
  const { message, lines } = readTrace(error);
  const shown = isWhole ? lines : lines.slice(-TAIL);
  return (
    <section className={styles.failure}>
      <h3>Why it failed</h3>
      <p className={styles.message}>{message}</p>
      {lines.length > 1 && <Code text={shown.join("\n")} plain wrap />}
      {lines.length > TAIL && (
        <Button small look="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Only the last lines" : `All ${count(lines.length)} lines that were kept`}
        </Button>
      )}
    </section>
  );
}
