import { Plus, X } from "lucide-react";
import type { Gate } from "../../api/registry/rules";
import { REQUIRABLE } from "../../api/registry/rules";
import { Button, IconButton } from "../../components/Button";
import { TextInput } from "../../components/Field";
import { lowerIsBetter } from "../../lib/field";
import { FIELD_WORDS } from "./gates";
import shared from "./models.module.css";
import styles from "./Promotions.module.css";

type Of<Kind extends Gate["kind"]> = Extract<Gate, { kind: Kind }>;

/** The conditions of a request: each kind with the fields that it needs. */
export function GateFields({ gates, metrics, onChange }: { gates: readonly Gate[]; metrics: readonly string[]; onChange: (gates: Gate[]) => void }) {
  const replace = (before: Gate, after: Gate | null) => onChange(gates.flatMap((gate) => (gate === before ? (after ?? []) : gate)));
  const add = (gate: Gate) => onChange([...gates, gate]);
  const signature = gates.find((gate) => gate.kind === "signature");
  const required = gates.find((gate): gate is Of<"required"> => gate.kind === "required");
  const fields = required?.fields ?? [];
  const setFields = (next: string[]) => {
    if (required) replace(required, next.length ? { kind: "required", fields: next } : null);
    else add({ kind: "required", fields: next });
  };
  const free = metrics.find((key) => !gates.some((gate) => gate.kind === "metric" && gate.metric === key));
  return (
    <fieldset className={shared.group}>
      <legend>Gates, checked before the alias moves</legend>
      <div className={styles.gates}>
        <label className={shared.choice}>
          <input type="checkbox" checked={signature !== undefined} onChange={() => (signature ? replace(signature, null) : add({ kind: "signature" }))} />
          Callers of the present version go on working
        </label>
        {gates.map((gate, at) =>
          gate.kind === "metric" ? (
            <MetricGate key={at} gate={gate} metrics={metrics} onChange={(next) => replace(gate, next)} />
          ) : gate.kind === "filter" ? (
            <div key={at} className={styles.gate}>
              <TextInput
                aria-label="Condition, in the search language"
                className={styles.condition}
                placeholder="metrics.auc > 0.9"
                value={gate.filter}
                onChange={(event) => replace(gate, { ...gate, filter: event.target.value })}
              />
              <IconButton small label="Remove this condition" onClick={() => replace(gate, null)}>
                <X size={13} />
              </IconButton>
            </div>
          ) : null,
        )}
        <div className={shared.buttons}>
          {free !== undefined && (
            <Button small look="quiet" onClick={() => add({ kind: "metric", metric: free, higherIsBetter: !lowerIsBetter(free), minGain: 0 })}>
              <Plus size={13} />
              Metric
            </Button>
          )}
          <Button small look="quiet" onClick={() => add({ kind: "filter", filter: "" })}>
            <Plus size={13} />
            Condition
          </Button>
        </div>
        <div className={shared.choices} role="group" aria-label="What must be told of the version">
          <span className={shared.quiet}>Must be told:</span>
          {REQUIRABLE.map((name) => (
            <label key={name} className={shared.choice}>
              <input type="checkbox" checked={fields.includes(name)} onChange={() => setFields(fields.includes(name) ? fields.filter((other) => other !== name) : [...fields, name])} />
              {FIELD_WORDS[name]}
            </label>
          ))}
        </div>
      </div>
    </fieldset>
  );
}

function MetricGate({ gate, metrics, onChange }: { gate: Of<"metric">; metrics: readonly string[]; onChange: (gate: Of<"metric"> | null) => void }) {
  return (
    <div className={styles.gate}>
      <select
        aria-label="Metric that is compared"
        className={styles.metric}
        value={gate.metric}
        onChange={({ target }) => onChange({ ...gate, metric: target.value, higherIsBetter: !lowerIsBetter(target.value) })}
      >
        {metrics.map((key) => (
          <option key={key}>{key}</option>
        ))}
      </select>
      <select aria-label={`Which way ${gate.metric} is better`} value={gate.higherIsBetter ? "higher" : "lower"} onChange={({ target }) => onChange({ ...gate, higherIsBetter: target.value === "higher" })}>
        <option value="higher">higher</option>
        <option value="lower">lower</option>
      </select>
      <span>than now by at least</span>
      <TextInput
        type="number"
        min={0}
        step="any"
        aria-label={`Least gain of ${gate.metric}`}
        className={styles.gain}
        value={gate.minGain}
        onChange={({ target }) => onChange({ ...gate, minGain: Math.max(0, Number(target.value)) })}
      />
      <IconButton small label={`Do not compare ${gate.metric}`} onClick={() => onChange(null)}>
        <X size={13} />
      </IconButton>
    </div>
  );
}
