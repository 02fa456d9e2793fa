import { Play, Plus } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useExperiments } from "../../api/queries";
import type { EntryPoint, Job, Work } from "../../api/work/model";
import { useTargets } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { plural } from "../../lib/format";
import { MANY_RUNS, MOST_RUNS, changesOf, countRuns, problemsOf, worksOf } from "./launch";
import { ParameterField } from "./ParameterField";
import { useJobActions } from "./useJobActions";
import styles from "./LaunchForm.module.css";

const MANAGERS = [
  ["", "As the project asks"],
  ["local", "The agent's own"],
  ["uv", "uv"],
  ["conda", "conda"],
  ["docker", "docker"],
] as const;

interface LaunchFormProps {
  /** What is asked for when nothing is changed. */
  first: Work;
  entries: readonly EntryPoint[];
  /** The targets that may be chosen; empty: all. */
  targets?: readonly string[];
  /** The values of the run that is had again. */
  before?: Record<string, string>;
  onDone?: (jobs: Job[]) => void;
  children?: ReactNode;
}

/** Everything that a run can be given: typed parameters, lists of them for a grid, and where it goes. */
export function LaunchForm({ first, entries, targets = [], before, onDone, children }: LaunchFormProps) {
  const id = useId();
  const actions = useJobActions();
  const [work, setWork] = useState(first);
  const [values, setValues] = useState<Record<string, string>>(before ?? {});
  const [varied, setVaried] = useState<readonly string[]>([]);
  const [extra, setExtra] = useState<readonly string[]>([]);
  const [newName, setNewName] = useState("");
  const [isShown, setShown] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isSending, setSending] = useState(false);
  const entry = entries.find(({ name }) => name === work.entryPoint);
  const declared = entry?.parameters ?? [];
  const others = [...new Set([...Object.keys(before ?? {}), ...extra])].filter((name) => !declared.some((one) => one.name === name));
  const fields = [...declared, ...others.map((name) => textParameter(name, entry !== undefined))];
  const inUse = varied.filter((name) => fields.some((one) => one.name === name));
  // What a run that is had again was given stays given, so a field that is emptied says the default in words.
  const shownValues = Object.fromEntries(fields.map((one) => [one.name, values[one.name] || (before?.[one.name] ? (one.default ?? "") : "")]));
  const launch = { work, values: shownValues, varied: inUse };
  const problems = problemsOf(launch, entry);
  const nRuns = countRuns(launch);
  const changes = before ? changesOf(shownValues, before) : [];
  const canRun = !Object.keys(problems).length && nRuns > 0 && nRuns <= MOST_RUNS && !isSending;

  const set = (patch: Partial<Work>) => setWork({ ...work, ...patch });
  const send = async () => {
    setAsking(false);
    setSending(true);
    const jobs = await actions.submit(worksOf(launch, crypto.randomUUID().slice(0, 8)));
    setSending(false);
    if (jobs) onDone?.(jobs);
  };
  const submit = () => {
    setShown(true);
    if (!canRun) return;
    if (nRuns > MANY_RUNS) setAsking(true);
    else void send();
  };
  const addField = () => {
    const name = newName.trim();
    if (/^[^\W\d][\w.-]*$/u.test(name)) setExtra([...extra, name]);
    setNewName("");
  };

  return (
    <form
      className={styles.form}
      aria-label="Run"
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        submit();
      }}
    >
      {entries.length > 1 && (
        <div className={styles.entries} role="radiogroup" aria-label="Entry point">
          {entries.map(({ name, help }) => (
            <label key={name} className={styles.entry}>
              <input type="radio" name={id} checked={name === work.entryPoint} onChange={() => set({ entryPoint: name })} />
              <span>
                <b>{name}</b>
                {help && <small>{help}</small>}
              </span>
            </label>
          ))}
        </div>
      )}
      {entries.length === 1 && entry && (
        <p className={styles.lone}>
          <b>{entry.name}</b> {entry.help}
        </p>
      )}
      <div className={styles.fields}>
        {fields.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ""}
            before={before?.[parameter.name]}
            isVaried={inUse.includes(parameter.name)}
            problem={isShown || (values[parameter.name] ?? "") !== "" ? problems[parameter.name] : undefined}
            onChange={(text) => setValues({ ...values, [parameter.name]: text })}
            onVary={(on) => setVaried(on ? [...inUse, parameter.name] : inUse.filter((name) => name !== parameter.name))}
          />
        ))}
        {!fields.length && <p className={styles.quiet}>This entry point takes no parameters.</p>}
      </div>
      <details className={styles.more}>
        <summary>More: another parameter, where it runs, tries and limits</summary>
        <div className={styles.options}>
          <Labelled label="Another parameter">
            <span className={styles.pair}>
              <TextInput
                value={newName}
                placeholder="name"
                onChange={(event) => setNewName(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter") return;
                  event.preventDefault();
                  addField();
                }}
              />
              <Button aria-label="Add the parameter" onClick={addField}>
                <Plus size={14} />
              </Button>
            </span>
          </Labelled>
          <Labelled label="Version: branch, tag or commit">
            <TextInput value={work.version} placeholder="the default branch" onChange={(event) => set({ version: event.target.value })} />
          </Labelled>
          <TargetChoice value={work.target} allowed={targets} onChange={(target) => set({ target })} />
          <Labelled label="Environment">
            <select className={styles.select} value={work.envManager} onChange={(event) => set({ envManager: event.target.value })}>
              {MANAGERS.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </Labelled>
          <ExperimentChoice value={work.experimentId} onChange={(experimentId) => set({ experimentId })} />
          <Labelled label="Name of the run">
            <TextInput value={work.runName} placeholder="made up" onChange={(event) => set({ runName: event.target.value })} />
          </Labelled>
          <Labelled label="Queue">
            <TextInput value={work.queue} onChange={(event) => set({ queue: event.target.value })} />
          </Labelled>
          <NumberField label="Tries in all" value={work.nTries} minimum={1} onChange={(nTries) => set({ nTries })} />
          <NumberField label="Time limit in seconds, 0 for none" value={work.timeoutS} minimum={0} onChange={(timeoutS) => set({ timeoutS })} />
          <NumberField label="Priority, higher goes first" value={work.priority} minimum={-1000} onChange={(priority) => set({ priority })} />
        </div>
      </details>
      {before && (
        <p className={styles.changes} role="status">
          {changes.length
            ? changes.map(([name, was, now]) => (
                <span key={name}>
                  <code>{name}</code> <del>{was || "not given"}</del> → <ins>{now || "the default"}</ins>
                </span>
              ))
            : "Nothing is changed: the same again, and a verdict whether the same came out."}
        </p>
      )}
      <div className={styles.foot}>
        {children}
        {nRuns > MOST_RUNS && <span className={styles.problem}>{plural(nRuns, "run")} are too many; at most {MOST_RUNS} are queued in one go.</span>}
        {isShown && Object.keys(problems).length > 0 && <span className={styles.problem}>{plural(Object.keys(problems).length, "parameter")} to look at</span>}
        <Button look="primary" type="submit" disabled={isSending || nRuns > MOST_RUNS}>
          <Play size={14} />
          {nRuns > 1 ? `Run ${plural(nRuns, "variant")}` : before ? "Run again" : "Run"}
        </Button>
      </div>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`Queue ${plural(nRuns, "run")}?`}
        foot={
          <>
            <Button onClick={() => setAsking(false)}>Go back</Button>
            <Button look="primary" onClick={() => void send()}>
              Queue {plural(nRuns, "run")}
            </Button>
          </>
        }
      >
        <p>Every combination of {inUse.join(" and ")} becomes a job of its own. They wait in the queue “{work.queue}” until agents take them; each can be cancelled.</p>
      </Dialog>
    </form>
  );
}

function textParameter(name: string, isKnownOther: boolean) {
  return { name, type: "string" as const, default: "", environment: "", help: isKnownOther ? "not declared by the project" : "", choices: [], minimum: null, maximum: null, isSecret: false };
}

function TargetChoice({ value, allowed, onChange }: { value: string; allowed: readonly string[]; onChange: (name: string) => void }) {
  const { data = [] } = useTargets();
  const names = data.map(({ name }) => name).filter((name) => !allowed.length || allowed.includes(name));
  return (
    <Labelled label="Target">
      <select className={styles.select} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">As the project says, or the agent's machine</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

function ExperimentChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { data = [] } = useExperiments("active");
  return (
    <Labelled label="Experiment of the run">
      <select className={styles.select} value={value} onChange={(event) => onChange(event.target.value)}>
        {data.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

function NumberField({ label, value, minimum, onChange }: { label: string; value: number; minimum: number; onChange: (value: number) => void }) {
  return (
    <Labelled label={label}>
      <TextInput type="number" min={minimum} value={String(value)} onChange={(event) => onChange(Math.max(minimum, Number(event.target.value) || 0))} />
    </Labelled>
  );
}
