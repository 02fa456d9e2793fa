import { Pencil, Play, Trash2 } from "lucide-react";
import type { RetentionPass, RetentionRule } from "../../api/keeping/model";
import { IconButton } from "../../components/Button";
import { Ago } from "../../components/Time";
import { bytes, count } from "../../lib/format";
import table from "../accounts/accounts.module.css";
import { ruleSentence } from "./ruleSentence";
import styles from "./retention.module.css";

interface RuleTableProps {
  rules: readonly RetentionRule[];
  /** Says whose each rule is, where they are several's. */
  showsOwner: boolean;
  isBusy: boolean;
  onApply: (rule: RetentionRule) => void;
  onEdit: (rule: RetentionRule) => void;
  onRemove: (rule: RetentionRule) => void;
}

/** Rules, what they say, and when they are carried out next. */
export function RuleTable({ rules, showsOwner, isBusy, onApply, onEdit, onRemove }: RuleTableProps) {
  return (
    <div className={styles.scroll}>
      <table className={table.table} aria-label="Rules">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            {showsOwner && <th scope="col">Of</th>}
            <th scope="col">Place</th>
            <th scope="col">What it says</th>
            <th scope="col">Next pass</th>
            <th scope="col">Do</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={`${rule.workspace}/${rule.name}`}>
              <td>{rule.name}</td>
              {showsOwner && <td>{rule.workspace || <span className={styles.quiet}>the server</span>}</td>}
              <td>{placeIn(rule)}</td>
              <td className={styles.says}>
                {ruleSentence(rule)}
                {rule.rests ? <p className={styles.warning}>{rule.rests}</p> : rule.keptBy && <p className={styles.quiet}>with the rights of {rule.keptBy}</p>}
              </td>
              <td>{rule.rests ? <span className={styles.warning}>rests</span> : rule.isActive ? <Ago ms={rule.nextMs} /> : <span className={styles.quiet}>off</span>}</td>
              <td className={styles.do}>
                <IconButton small label={`Carry out ${rule.name} now`} disabled={isBusy} onClick={() => onApply(rule)}>
                  <Play size={13} />
                </IconButton>
                <IconButton small label={`Change ${rule.name}`} onClick={() => onEdit(rule)}>
                  <Pencil size={13} />
                </IconButton>
                <IconButton small label={`Remove ${rule.name}`} onClick={() => onRemove(rule)}>
                  <Trash2 size={13} />
                </IconButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whose rule it is says where the place lies. */
function placeIn({ workspace, place }: RetentionRule): string {
  if (workspace && place === `workspace:${workspace}`) return "all of it";
  return workspace ? place.replace(`workspace:${workspace}/`, "") : place;
}

/** What passes did, newest first. */
export function PassTable({ passes, showsOwner }: { passes: readonly RetentionPass[]; showsOwner: boolean }) {
  return (
    <div className={styles.scroll}>
      <table className={table.table} aria-label="Passes">
        <thead>
          <tr>
            <th scope="col">Pass</th>
            <th scope="col">Rule</th>
            {showsOwner && <th scope="col">Of</th>}
            <th scope="col">By</th>
            <th scope="col">To the trash</th>
            <th scope="col">Space of files</th>
            <th scope="col">Purged</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {passes.map((one) => (
            <tr key={one.number}>
              <td>
                <Ago ms={one.startMs} />
              </td>
              <td>{one.rule}</td>
              {showsOwner && <td>{one.workspace || <span className={styles.quiet}>the server</span>}</td>}
              <td>{one.by || <span className={styles.quiet}>the schedule</span>}</td>
              <td>{count(one.nRetired)}</td>
              <td>{bytes(one.nBytes)}</td>
              <td>{count(one.nPurged)}</td>
              <td className={styles.says}>{one.error ? <span className={styles.warning}>{one.error}</span> : one.endMs ? "done" : "under way, or its process was killed"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
