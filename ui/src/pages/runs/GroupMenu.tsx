import { Group } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useKeys } from "../../api/queries";
import { Button } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Popover } from "../../components/Popover";
import { field, fieldLabel, fieldText, parseField } from "../../lib/field";
import { readList, writeList } from "../../lib/listParam";
import styles from "./ColumnPicker.module.css";

const OTHERS = ["datasets.digest", "user_id"];
const WORDS: Record<string, string> = { "datasets.digest": "dataset", user_id: "user" };

/** Chooses what runs are grouped by: these fields, or all params but these. */
export function GroupMenu({ experimentIds, group, onGroup }: { experimentIds: string[]; group: string; onGroup: (group: string) => void }) {
  const fields = readList(group.replace(/^!/, ""));
  const word = group ? `${group.startsWith("!") ? "All but " : ""}${fields.map((f) => WORDS[f] ?? fieldLabel(parseField(f))).join(", ")}` : "Group";
  return (
    <Popover
      label="Group"
      width={340}
      align="end"
      trigger={
        <Button look="quiet" on={Boolean(group)} style={{ maxWidth: 200 }}>
          <Group size={14} />
          <span className={styles.key}>{word}</span>
        </Button>
      }
    >
      <GroupBody experimentIds={experimentIds} isAllBut={group.startsWith("!")} fields={fields} onGroup={onGroup} />
    </Popover>
  );
}

function GroupBody(props: { experimentIds: string[]; isAllBut: boolean; fields: string[]; onGroup: (group: string) => void }) {
  const { fields, isAllBut, onGroup } = props;
  const [text, setText] = useState("");
  const found = useKeys(props.experimentIds, ["param", "tag"], useDeferredValue(text.trim()), 40);
  const set = (next: string[], allBut: boolean) => onGroup(next.length ? (allBut ? "!" : "") + writeList(next) : "");
  const keys = (found.data ?? []).filter((s) => s.nDistinct > 1 && !/^(mlflow|runfold)\./.test(s.key));
  const ids = [...new Set([...fields, ...OTHERS.filter((id) => id.includes(text.trim())), ...keys.map((s) => fieldText(field(s.kind === "param" ? "params" : "tags", s.key)))])].sort((a, b) => Number(OTHERS.includes(a)) - Number(OTHERS.includes(b)));
  return (
    <>
      <SearchInput bare autoFocus placeholder="Group by a param or tag" aria-label="Find a key" value={text} onChange={(e) => setText(e.target.value)} />
      <div className={styles.list}>
        {ids.map((id) => (
          <div key={id} className={styles.item}>
            <label title={id}>
              <input
                type="checkbox"
                checked={fields.includes(id)}
                onChange={() => set(fields.includes(id) ? fields.filter((f) => f !== id) : [...fields, id], isAllBut)}
              />
              <span className={styles.key}>{WORDS[id] ?? fieldLabel(parseField(id))}</span>
            </label>
            {!fields.length && parseField(id).kind === "params" && (
              <Button small look="quiet" title={`Group by all params except ${id}`} onClick={() => set([id], true)}>
                all but this
              </Button>
            )}
          </div>
        ))}
        {!ids.length && <p className={styles.none}>No param or tag tells these runs apart.</p>}
      </div>
      <div className={styles.foot}>
        {isAllBut ? "By all params except the ticked ones" : "Mean and spread for each group"}
        {fields.length > 0 && (
          <Button small look="quiet" onClick={() => onGroup("")}>
            Ungroup
          </Button>
        )}
      </div>
    </>
  );
}
