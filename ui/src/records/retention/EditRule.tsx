import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import type { RetentionRule } from "../../api/keeping/model";
import { keepingKeys } from "../../api/keeping/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { useNotes } from "../../components/Toasts";
import { bytes, cutMiddle, plural } from "../../lib/format";
import table from "../accounts/accounts.module.css";
import { ruleSentence } from "./ruleSentence";
import styles from "./retention.module.css";

const SHOWN = 100;
const NUMBERS = new Set<keyof RetentionRule>(["keepBest", "keepLast", "afterDays", "everyHours"]);

/** A rule, and beside it what it would do now. */
export function EditRule({ before, onClose }: { before: RetentionRule; onClose: () => void }) {
  const { keeping } = useApi();
  const account = useAccount();
  const queries = useQueryClient();
  const notes = useNotes();
  const [rule, setRule] = useState(before);
  const [planned, setPlanned] = useState<RetentionRule | null>(before.name ? before : null);
  const save = useMutation({
    mutationFn: () => keeping.saveRule(rule),
    onSuccess: async () => {
      notes.done(`The rule ${rule.name} is set`);
      await queries.invalidateQueries({ queryKey: keepingKeys.retention });
      onClose();
    },
  });
  const field = (key: keyof RetentionRule, label: string, placeholder = "") => (
    <Labelled label={label}>
      <TextInput
        value={String(rule[key] ?? "")}
        placeholder={placeholder}
        type={NUMBERS.has(key) ? "number" : "text"}
        min={0}
        step="any"
        onChange={({ target }) => setRule({ ...rule, [key]: NUMBERS.has(key) ? Number(target.value) : target.value })}
      />
    </Labelled>
  );
  return (
    <Dialog
      open
      width={860}
      onClose={onClose}
      title={`${before.name ? `The rule ${before.name}` : "Make a rule"}${before.workspace ? ` of ${before.workspace}` : ""}`}
      onSubmit={() => setPlanned(rule)}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit">See what would go</Button>
          <Button look="primary" disabled={!rule.name.trim() || save.isPending} onClick={() => save.mutate()}>
            Set the rule
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        {before.name ? null : field("name", "Name")}
        {field("place", "Place", before.workspace ? "folder:NAME, experiment:ID" : "everything, folder:NAME, experiment:ID")}
        {field("filter", "Runs with", "tags.kind = 'checkpoint'")}
        {field("keepBest", "Keep the best")}
        {field("bestBy", "Best by", "metrics.loss ASC")}
        {field("keepLast", "Keep the last")}
        {field("per", "Per", "parent, experiment, params.KEY")}
        {field("afterDays", "The rest goes after days")}
        {field("path", "Only files below", "whole runs go")}
        <Labelled label="Purged so many days later">
          <TextInput
            value={rule.trashDays === null ? "" : String(rule.trashDays)}
            placeholder="never"
            type="number"
            min={0}
            step="any"
            onChange={({ target }) => setRule({ ...rule, trashDays: target.value === "" ? null : Number(target.value) })}
          />
        </Labelled>
        {field("everyHours", "Hours between passes")}
        <label className={styles.on}>
          <input type="checkbox" checked={rule.isActive} onChange={({ target }) => setRule({ ...rule, isActive: target.checked })} /> The server carries it out
        </label>
      </div>
      <p>{ruleSentence(rule)}.</p>
      {before.workspace && account && (
        <p className={styles.quiet}>It acts with your rights from then on: runs of experiments that you do not manage are neither counted nor touched, and it rests when you do not manage the workspace any more.</p>
      )}
      {save.error && (
        <p role="alert" className={styles.warning}>
          {save.error.message}
        </p>
      )}
      {planned && <Plan rule={planned} />}
    </Dialog>
  );
}

function Plan({ rule }: { rule: RetentionRule }) {
  const { keeping } = useApi();
  const { data, error, isFetching } = useQuery({ queryKey: ["retention", "plan", rule], queryFn: () => keeping.plan({ ...rule, name: rule.name.trim() || "new" }), gcTime: 0, retry: false });
  if (error)
    return (
      <p role="alert" className={styles.warning}>
        {error.message}
      </p>
    );
  if (!data || isFetching) return <p className={styles.quiet}>The server looks at the runs…</p>;
  const whys = Object.entries(data.whys).map(([why, n]) => `${n} ${why}`);
  return (
    <section>
      <p role="status">
        <strong>{plural(data.nGoing, "run")} would go now</strong>
        {` (${bytes(data.nBytes)} of files), ${data.nStaying} stay${whys.length ? `: ${whys.join(", ")}` : ""}. Nothing was changed.`}
      </p>
      <div className={styles.plan}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Space of files</th>
              <th scope="col">What becomes of it</th>
            </tr>
          </thead>
          <tbody>
            {data.runs.slice(0, SHOWN).map((run) => (
              <tr key={run.runId}>
                <td title={run.runId}>{cutMiddle(run.name, 44)}</td>
                <td>{run.why === null ? bytes(run.nBytes) : ""}</td>
                <td>{run.why === null ? <span className={styles.warning}>goes</span> : `stays: ${run.why}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
