import { useVirtualizer } from "@tanstack/react-virtual";
import { Trash2 } from "lucide-react";
import { useMemo, useRef } from "react";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { SearchInput } from "../../components/Field";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { type SetQuery, useQueryText } from "../../components/useQuery";
import { count, plural } from "../../lib/format";
import { type NestedKey, nestKeys } from "../../lib/nesting";
import type { Query } from "../../lib/query";
import type { RunEdits } from "../../records/useRunEdits";
import styles from "./KeysTab.module.css";

const ROW = 28;
const INDENT = 18;

/** Params, as a tree where their names have parts. */
export function KeysTab({ run, edits, denied, query, setQuery }: { run: Run; edits: RunEdits; denied: MaybeDenial; query: Query; setQuery: SetQuery }) {
  const [text, setText] = useQueryText("find");
  const isFlat = query.flat === "1";
  const entries = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return Object.entries(run.params)
      .filter(([key, value]) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted))
      .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
  }, [run.params, text]);
  const rows = useMemo(
    () => (isFlat ? entries.map(([key, value]): NestedKey => ({ label: key, path: key, depth: 0, value })) : nestKeys(entries)),
    [entries, isFlat],
  );
  const find = useRef<HTMLInputElement>(null);
  useShortcuts([{ keys: "/", label: "Find a param", run: () => find.current?.focus() }]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 20 });
  if (!Object.keys(run.params).length) {
    return <EmptyState title="No params" text="Params are what was chosen before the run began:" code={'runfold.log_params({"lr": 0.001, "model": "vit"})'} />;
  }
  return (
    <>
      <div className={styles.line}>
        <SearchInput ref={find} className={styles.find} placeholder="Find in names and values" aria-label="Find a param" value={text} onChange={(e) => setText(e.target.value)} />
        {text.trim() ? `${count(entries.length)} of ${plural(Object.keys(run.params).length, "param")}` : plural(entries.length, "param")}
        <Button small look="quiet" on={!isFlat} onClick={() => setQuery({ flat: isFlat ? undefined : "1" }, { replace: true })}>
          As a tree
        </Button>
      </div>
      <div className={styles.list} ref={scroller} role="table" aria-label="Params" tabIndex={0}>
        <div style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <div key={index} role="row" className={styles.row} style={{ top: start }}>
                  <span role="cell" style={{ paddingLeft: row.depth * INDENT }} className={row.value === undefined ? styles.branch : undefined} title={row.path}>
                    {row.label}
                  </span>
                  <span role="cell" className={styles.value} title={row.value?.slice(0, 6000)}>
                    {row.value === "" ? <span className={styles.branch}>empty</span> : row.value?.slice(0, 1000)}
                  </span>
                  <span role="cell" className={styles.tail}>
                    {row.value !== undefined && row.path in run.params && (
                      <IconButton small denied={denied} label={`Remove the param ${row.path}`} onClick={() => void edits.deleteParam(row.path, row.value ?? "")}>
                        <Trash2 size={13} />
                      </IconButton>
                    )}
                  </span>
                </div>
              )
            );
          })}
        </div>
      </div>
    </>
  );
}
