import { Columns3 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { KeyStats } from "../../api/model";
import { useKeys } from "../../api/queries";
import { Button } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Popover } from "../../components/Popover";
import { type Stat, field, fieldLabel, fieldText, parseField } from "../../lib/field";
import { count, shortNumber } from "../../lib/format";
import styles from "./ColumnPicker.module.css";

const KINDS = { metric: "metrics", param: "params", tag: "tags" } as const;
const ATTRIBUTES = ["state", "start_time", "end_time", "duration", "user_id", "run_id", "experiment_id"];
const SHOWN = 80;

/** Chooses columns among thousands of keys: what tells runs apart comes first. */
export function ColumnPicker({
  experimentIds,
  columns,
  onChange,
  onReset,
  open,
  onOpenChange,
}: {
  experimentIds: string[];
  columns: string[];
  onChange: (columns: string[]) => void;
  onReset: () => void;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Popover
      label="Columns"
      width={440}
      align="end"
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <Button look="quiet">
          <Columns3 size={14} />
          Columns
        </Button>
      }
    >
      <PickerBody experimentIds={experimentIds} columns={columns} onChange={onChange} onReset={onReset} />
    </Popover>
  );
}

function PickerBody(props: {
  experimentIds: string[];
  columns: string[];
  onChange: (columns: string[]) => void;
  onReset: () => void;
}) {
  const { columns, onChange } = props;
  const [text, setText] = useState("");
  const found = useKeys(props.experimentIds, ["metric", "param", "tag"], useDeferredValue(text.trim()), SHOWN);
  const toggle = (id: string) => onChange(columns.includes(id) ? columns.filter((c) => c !== id) : [...columns, id]);
  const wanted = text.trim().toLowerCase();
  const attributes = ATTRIBUTES.filter((name) => fieldLabel(field("attributes", name)).toLowerCase().includes(wanted));
  const keys = (found.data ?? []).filter((stats) => !stats.key.startsWith("mlflow.") || wanted);
  const chosen = wanted ? [] : columns.filter((id) => parseField(id).kind !== "attributes");
  return (
    <>
      <SearchInput bare autoFocus placeholder="Find a metric, param or tag" aria-label="Find a column" value={text} onChange={(e) => setText(e.target.value)} />
      <div className={styles.list}>
        {chosen.length > 0 && <div className={styles.group}>Shown</div>}
        {chosen.map((id) => (
          <Item key={id} id={id} label={fieldLabel(parseField(id))} kind={parseField(id).kind} isOn onToggle={() => toggle(id)} />
        ))}
        {attributes.length > 0 && <div className={styles.group}>Of every run</div>}
        {attributes.map((name) => (
          <Item key={name} id={name} label={fieldLabel(field("attributes", name))} kind="" isOn={columns.includes(name)} onToggle={() => toggle(name)} />
        ))}
        {keys.length > 0 && <div className={styles.group}>Keys, most telling first</div>}
        {keys.map((stats) => (
          <KeyItem key={stats.kind + stats.key} stats={stats} columns={columns} onToggle={toggle} />
        ))}
        {!attributes.length && !keys.length && !found.isPending && <p className={styles.none}>No key contains “{text}”.</p>}
      </div>
      <div className={styles.foot}>
        {keys.length >= SHOWN - 20 ? "There are more: type to narrow them" : ""}
        <Button small look="quiet" onClick={props.onReset}>
          Back to the default
        </Button>
      </div>
    </>
  );
}

function Item(props: { id: string; label: string; kind: string; isOn: boolean; onToggle: () => void }) {
  return (
    <div className={styles.item}>
      <label title={props.id}>
        <input type="checkbox" checked={props.isOn} onChange={props.onToggle} />
        <span className={styles.key}>{props.label}</span>
      </label>
      <span className={styles.facts}>{props.kind.replace(/s$/, "")}</span>
    </div>
  );
}

function KeyItem({ stats, columns, onToggle }: { stats: KeyStats; columns: string[]; onToggle: (id: string) => void }) {
  const kind = KINDS[stats.kind];
  const id = fieldText(field(kind, stats.key));
  const range = stats.min !== null && stats.max !== null ? `${shortNumber(stats.min)} … ${shortNumber(stats.max)}` : stats.examples.slice(0, 2).join(", ");
  return (
    <div className={styles.item}>
      <label title={`${stats.key}\n${count(stats.nRuns)} runs, ${count(stats.nDistinct)} values`}>
        <input type="checkbox" checked={columns.includes(id)} onChange={() => onToggle(id)} />
        <span className={styles.kind}>{stats.kind}</span>
        <span className={styles.key}>{stats.key}</span>
      </label>
      {stats.kind === "metric" ? (
        <span className={styles.stats}>
          {(["min", "max", "last"] as Stat[]).map((stat) => {
            const withStat = fieldText(field("metrics", stats.key, stat));
            return (
              <Button key={stat} small look="quiet" on={columns.includes(withStat)} onClick={() => onToggle(withStat)}>
                {stat}
              </Button>
            );
          })}
        </span>
      ) : (
        <span className={styles.facts}>{range.slice(0, 28)}</span>
      )}
    </div>
  );
}
