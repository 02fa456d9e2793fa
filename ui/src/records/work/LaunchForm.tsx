import { Play } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import type { EntryPoint, Job, Work } from "../../api/work/model";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { cutMiddle, plural } from "../../lib/format";
import { defaultText } from "../../lib/parameters";
import { GridPreview } from "./GridPreview";
import { LaunchOptions } from "./LaunchOptions";
import { MANY_RUNS, MOST_RUNS, changesOf, countRuns, problemsOf, worksOf } from "./launch";
import { NoAgent } from "./NoAgent";
import { ParameterField } from "./ParameterField";
import { useLaunchDenial } from "./useLaunchDenial";
import { useJobActions } from "./useJobActions";
import styles from "./LaunchForm.module.css";

/** Characters of a name and of a value that the changes show. */
const SHOWN_NAME = 40;
const SHOWN_VALUE = 80;

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
  const form = useRef<HTMLFormElement>(null);
  const [isShown, setShown] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isSending, setSending] = useState(false);
  const entry = entries.find(({ name }) => name === work.entryPoint);
  const declared = entry?.parameters ?? [];
  const others = [...new Set([...Object.keys(before ?? {}), ...extra])].filter((name) => !declared.some((one) => one.name === name));
  const fields = [...declared, ...others.map((name) => textParameter(name, entry !== undefined))];
  const inUse = varied.filter((name) => fields.some((one) => one.name === name));
  const shownValues = Object.fromEntries(fields.map((one) => [one.name, values[one.name] ?? ""]));
  const launch = { work, values: shownValues, varied: inUse, before };
  const problems = problemsOf(launch, entry);
  const nRuns = countRuns(launch);
  const changes = before ? changesOf(shownValues, before) : [];
  const canRun = !Object.keys(problems).length && nRuns > 0 && nRuns <= MOST_RUNS && !isSending;

  const defaultOf = (name: string) => {
    const parameter = fields.find((one) => one.name === name);
    const fallback = parameter && defaultText(parameter);
    return fallback && parameter.default !== "" ? `${fallback}, the default` : "not given";
  };
  const denied = useLaunchDenial(work);
  const set = (patch: Partial<Work>) => setWork({ ...work, ...patch });
  const send = async () => {
    setAsking(false);
    setSending(true);
    const jobs = await actions.submit(worksOf(launch, crypto.randomUUID().slice(0, 8)));
    setSending(false);
    if (jobs) onDone?.(jobs);
  };
  const submit = () => {
    if (denied) return;
    setShown(true);
    if (!canRun) {
      // What is wrong may be further up than what is seen; it is marked as soon as the form has drawn again.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    if (nRuns > MANY_RUNS) setAsking(true);
    else void send();
  };

  return (
    <form
      ref={form}
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
      {inUse.length > 0 && <GridPreview works={nRuns <= MOST_RUNS ? worksOf(launch, "") : []} varied={inUse} />}
      <LaunchOptions work={work} targets={targets} onChange={set} onAddParameter={(name) => setExtra([...extra, name])} />
      <NoAgent queue={work.queue} labels={work.labels} />
      {before && (
        <p className={styles.changes} role="status">
          {changes.length
            ? changes.map(([name, was, now]) => (
                <span key={name}>
                  <code>{cutMiddle(name, SHOWN_NAME)}</code> <del title={was}>{cutMiddle(was, SHOWN_VALUE) || "not given"}</del> → <ins title={now}>{cutMiddle(now || defaultOf(name), SHOWN_VALUE)}</ins>
                </span>
              ))
            : "Nothing is changed: the same again, and a verdict whether the same came out."}
        </p>
      )}
      <div className={styles.foot}>
        {children}
        {nRuns > MOST_RUNS && <span className={styles.problem}>{plural(nRuns, "run")} are too many; at most {MOST_RUNS} are queued in one go.</span>}
        {isShown && Object.keys(problems).length > 0 && <span className={styles.problem}>{plural(Object.keys(problems).length, "parameter")} to look at</span>}
        {denied && <span className={styles.quiet}>{denied.text}</span>}
        <Button look="primary" type="submit" denied={denied} disabled={isSending || nRuns > MOST_RUNS}>
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
