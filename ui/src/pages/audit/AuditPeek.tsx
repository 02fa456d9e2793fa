import type { AuditRecord } from "../../api/audit/model";
import { CopyButton } from "../../components/Code";
import { Peek, PeekFacts, PeekSection } from "../../components/Peek";
import { exactTime } from "../../lib/format";
import { ObjectLink } from "./objectLinks";
import styles from "./AuditPage.module.css";

/** All that a record says. */
export function AuditPeek({ record, onFilter, onClose }: { record: AuditRecord; onFilter: (filter: string) => void; onClose: () => void }) {
  const only = (field: "user" | "object" | "action" | "address") =>
    record[field] && (
      <button key={field} type="button" className={styles.only} onClick={() => onFilter(`${field} = '${record[field].replaceAll("'", "''")}'`)}>
        Same {field}
      </button>
    );
  return (
    <Peek label="A record of the audit" title={record.action} onClose={onClose} open={null}>
      <PeekSection title="What happened">
        <PeekFacts
          rows={[
            ["When", exactTime(record.timeMs)],
            ["User", record.user || "nobody has signed in"],
            ["Token", record.token],
            ["Address", record.address],
            ["Action", record.action],
            ["Object", record.object && <ObjectLink object={record.object} />, record.object],
            ["Detail", record.detail],
            ["Result", record.status ? `${record.result} (${record.status})` : record.result],
            ["Times", record.nTimes > 1 ? String(record.nTimes) : ""],
            ["Request", record.requestId],
          ]}
        />
      </PeekSection>
      <PeekSection title="Show only">
        <p className={styles.onlys}>{[only("user"), only("object"), only("action"), only("address")]}</p>
      </PeekSection>
      <PeekSection title="In the chain">
        <PeekFacts rows={[["Number", String(record.number)]]} />
        <p className={styles.digest}>
          <code>{record.digest}</code>
          <CopyButton text={`${record.number}:${record.digest}`} label="Copy as an anchor" />
        </p>
      </PeekSection>
    </Peek>
  );
}
