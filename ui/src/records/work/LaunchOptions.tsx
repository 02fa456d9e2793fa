import { Plus } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useExperiments } from "../../api/queries";
import type { Work } from "../../api/work/model";
import { useAgents, useTargets } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { Labelled, Select, TextInput } from "../../components/Field";
import { duration, plural, readDuration } from "../../lib/format";
import styles from "./LaunchForm.module.css";

const MANAGERS = [
  ["", "As the project asks"],
  ["local", "The agent's own"],
  ["uv", "uv"],
  ["conda", "conda"],
  ["docker", "docker"],
] as const;

const NAME = /^[^\W\d][\w.-]*$/u;

interface LaunchOptionsProps {
  work: Work;
  /** The targets that may be chosen; empty: all. */
  targets: readonly string[];
  onChange: (patch: Partial<Work>) => void;
  onAddParameter: (name: string) => void;
}

/** What of a run is as the project has it, unless somebody says otherwise: where it goes, what it needs, how long it may take. */
export function LaunchOptions({ work, targets, onChange, onAddParameter }: LaunchOptionsProps) {
  const isAgain = work.kind === "rerun";
  const need = (patch: Partial<Work["resources"]>) => onChange({ resources: { ...work.resources, ...patch } });
  return (
    <details className={styles.more}>
      <summary>
        More: where it runs, what it needs, tries and limits
        <OptionsInWords work={work} />
      </summary>
      <Group title="Where">
        <TargetChoice value={work.target} allowed={targets} onChange={(target) => onChange({ target })} />
        <QueueField value={work.queue} onChange={(queue) => onChange({ queue })} />
        <WordsField label="Labels that its agent must have" value={work.labels} onChange={(labels) => onChange({ labels })} />
        <Choice label="Environment" value={work.envManager} options={MANAGERS} onChange={(envManager) => onChange({ envManager })} />
      </Group>
      <Group title="What it needs">
        <NumberField label="CPUs" value={work.resources.nCpus} hint="not said" onChange={(nCpus) => need({ nCpus })} />
        <NumberField label="Memory in GiB" value={work.resources.memoryGib} hint="not said" isFraction onChange={(memoryGib) => need({ memoryGib })} />
        <NumberField label="GPUs" value={work.resources.nGpus} hint="not said" onChange={(nGpus) => need({ nGpus })} />
      </Group>
      <Group title="Tries and limits">
        <NumberField label="Tries in all" value={work.nTries} minimum={1} onChange={(nTries) => onChange({ nTries })} />
        <DurationField label="Time limit" value={work.timeoutS} onChange={(timeoutS) => onChange({ timeoutS })} />
        <NumberField label="Priority, higher goes first" value={work.priority} minimum={-1000} hint="0" onChange={(priority) => onChange({ priority })} />
      </Group>
      <Group title="Code and run">
        {!isAgain && (
          <Labelled label="Version: branch, tag or commit">
            <TextInput value={work.version} placeholder="the default branch" onChange={(event) => onChange({ version: event.target.value })} />
          </Labelled>
        )}
        <Labelled label="Name of the run">
          <TextInput value={work.runName} placeholder={isAgain ? "as it was, with “again”" : "made up"} onChange={(event) => onChange({ runName: event.target.value })} />
        </Labelled>
        {!isAgain && <ExperimentChoice value={work.experimentId} onChange={(experimentId) => onChange({ experimentId })} />}
        <NewParameter onAdd={onAddParameter} />
      </Group>
    </details>
  );
}

/** What is said here, so that it shows without opening. */
function OptionsInWords({ work }: { work: Work }) {
  const { nCpus, nGpus, memoryGib } = work.resources;
  const words = [
    work.target && `on ${work.target}`,
    work.queue !== "default" && `queue ${work.queue}`,
    ...work.labels,
    nCpus > 0 && plural(nCpus, "CPU"),
    memoryGib > 0 && `${memoryGib} GiB`,
    nGpus > 0 && plural(nGpus, "GPU"),
    work.nTries > 1 && `${work.nTries} tries`,
    work.timeoutS > 0 && `at most ${duration(work.timeoutS * 1000)}`,
    work.priority !== 0 && `priority ${work.priority}`,
  ].filter(Boolean);
  return words.length > 0 && <b>{words.join(", ")}</b>;
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      <div className={styles.options}>{children}</div>
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, word: string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Labelled label={label}>
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </Select>
    </Labelled>
  );
}

function TargetChoice({ value, allowed, onChange }: { value: string; allowed: readonly string[]; onChange: (name: string) => void }) {
  const { data = [] } = useTargets();
  const known = data.filter(({ name }) => !allowed.length || allowed.includes(name));
  const options = known.map(({ name, kind }): [string, string] => [name, kind === "local" ? name : `${name} (${kind})`]);
  return <Choice label="Target" value={value} options={[["", "As the project says, or the agent's machine"], ...options]} onChange={onChange} />;
}

function ExperimentChoice({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { data = [] } = useExperiments("active");
  return <Choice label="Experiment of the run" value={value} options={data.map(({ id, name }) => [id, name])} onChange={onChange} />;
}

/** With the queues that agents serve as suggestions. */
function QueueField({ value, onChange }: { value: string; onChange: (queue: string) => void }) {
  const id = useId();
  const { data = [] } = useAgents();
  return (
    <Labelled label="Queue">
      <TextInput list={id} value={value} placeholder="default" onChange={(event) => onChange(event.target.value)} onBlur={() => !value.trim() && onChange("default")} />
      <datalist id={id}>
        {[...new Set(data.flatMap(({ queues }) => queues))].map((queue) => (
          <option key={queue}>{queue}</option>
        ))}
      </datalist>
    </Labelled>
  );
}

function WordsField({ label, value, onChange }: { label: string; value: readonly string[]; onChange: (words: string[]) => void }) {
  const [text, setText] = useState(value.join(" "));
  return (
    <Labelled label={label}>
      <TextInput
        value={text}
        placeholder="none"
        onChange={(event) => {
          setText(event.target.value);
          onChange(event.target.value.split(/[\s,]+/).filter(Boolean));
        }}
      />
    </Labelled>
  );
}

interface NumberFieldProps {
  label: string;
  value: number;
  minimum?: number;
  hint?: string;
  isFraction?: boolean;
  onChange: (value: number) => void;
}

/** With a hint, nothing stands there for 0. */
function NumberField({ label, value, minimum = 0, hint, isFraction, onChange }: NumberFieldProps) {
  return (
    <Labelled label={label}>
      <TextInput
        type="number"
        min={minimum}
        step={isFraction ? "any" : 1}
        value={hint && value === 0 ? "" : String(value)}
        placeholder={hint}
        onChange={(event) => {
          const number = Math.max(minimum, Number(event.target.value) || 0);
          onChange(isFraction ? number : Math.trunc(number));
        }}
      />
    </Labelled>
  );
}

function DurationField({ label, value, onChange }: { label: string; value: number; onChange: (seconds: number) => void }) {
  const [text, setText] = useState(value ? duration(value * 1000) : "");
  return (
    <Labelled label={label} error={readDuration(text) === null ? "Say it as in 90 m, 2 h 30 m or 1 d." : undefined}>
      <TextInput
        value={text}
        placeholder="none; as in 90 m or 2 h"
        onChange={(event) => {
          setText(event.target.value);
          onChange(readDuration(event.target.value) ?? 0);
        }}
      />
    </Labelled>
  );
}

function NewParameter({ onAdd }: { onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  const isWrong = name.trim() !== "" && !NAME.test(name.trim());
  const add = () => {
    if (!NAME.test(name.trim())) return;
    onAdd(name.trim());
    setName("");
  };
  return (
    <Labelled label="Another parameter" error={isWrong ? "Letters, digits, “_”, “.” and “-”, and a letter first." : undefined}>
      <span className={styles.pair}>
        <TextInput
          value={name}
          placeholder="name"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        <Button aria-label="Add the parameter" onClick={add}>
          <Plus size={14} />
        </Button>
      </span>
    </Labelled>
  );
}
