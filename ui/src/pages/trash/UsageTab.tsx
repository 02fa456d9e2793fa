import { Pencil } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Usage } from "../../api/keeping/model";
import { useUsages, useWorkspaceUsages } from "../../api/keeping/queries";
import { IconButton } from "../../components/Button";
import { Grid, type GridColumn } from "../../components/Grid";
import { bytes, count } from "../../lib/format";
import { ofLimit, share } from "../../lib/quotas";
import { FailureState } from "../../records/FailureState";
import { Bar } from "../../records/quotas/Bar";
import { EditQuota } from "../../records/quotas/EditQuota";
import { isDefault, ownerWord, quotaWord } from "../../records/quotas/owners";
import styles from "./TrashPage.module.css";

/** Who keeps and asks how much, and may. */
export function UsageTab({ tabs }: { tabs: ReactNode }) {
  const { data: usages, error, refetch } = useUsages();
  const { data: workspaces } = useWorkspaceUsages();
  const [editing, setEditing] = useState<Usage | null>(null);
  const columns: GridColumn<Usage>[] = [
    { id: "owner", title: "User or workspace", width: 260, isPinned: true, cell: ({ owner }) => ownerWord(owner) },
    {
      id: "do",
      title: "Do",
      width: 50,
      cell: (usage) =>
        usage.owner === "nobody" || usage.owner === "user:" ? null : (
          <IconButton small label={`Change the quota of ${ownerWord(usage.owner)}`} onClick={() => setEditing(usage)}>
            <Pencil size={13} />
          </IconButton>
        ),
    },
    { id: "quota", title: "Quota", width: 100, cell: quotaWord },
    { id: "runs", title: "Runs", width: 130, isNumber: true, cell: (usage) => used(usage, usage.nRuns, usage.limits.maxRuns, count) },
    { id: "runsBar", title: "Of the quota", width: 90, cell: (usage) => <Bar value={share(usage.nRuns, usage.limits.maxRuns)} /> },
    { id: "bytes", title: "Files", width: 170, isNumber: true, cell: (usage) => used(usage, usage.nBytes, usage.limits.maxBytes, bytes) },
    { id: "bytesBar", title: "Of the quota", width: 90, cell: (usage) => <Bar value={share(usage.nBytes, usage.limits.maxBytes)} /> },
    { id: "points", title: "Points", width: 160, isNumber: true, cell: (usage) => used(usage, usage.nPoints, usage.limits.maxPoints, count) },
    { id: "pointsBar", title: "Of the quota", width: 90, cell: (usage) => <Bar value={share(usage.nPoints, usage.limits.maxPoints)} /> },
    { id: "today", title: "Requests today", width: 130, isNumber: true, cell: (usage) => (isDefault(usage) ? "" : count(usage.nRequestsToday)) },
    { id: "days", title: "In 30 days", width: 110, isNumber: true, cell: (usage) => (isDefault(usage) ? "" : count(usage.nRequests)) },
    { id: "rate", title: "At most a second", width: 140, isNumber: true, cell: ({ limits }) => (limits.maxRequestsPerS === -1 ? "" : String(limits.maxRequestsPerS)) },
  ];
  return (
    <>
      <div className={styles.line}>{tabs}</div>
      {error && !usages ? (
        <FailureState what="What users keep could not be loaded" error={error} retry={() => void refetch()} />
      ) : (
        <>
          <Grid label="Usage" rows={[...(usages ?? []), ...(workspaces ?? [])]} keyOf={({ owner }) => owner} columns={columns} cursor={-1} isSelected={() => false} />
          <p className={styles.about}>Runs and files in the trash count until they are purged. Files and points count for who made the run that they lie in, and all of it for its workspace; both quotas hold. At a limit no more runs are made and no more files or points stored; runs that are there go on.</p>
        </>
      )}
      {editing && <EditQuota usage={editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function used(usage: Usage, value: number, limit: number | null, shown: (value: number) => string): string {
  if (!isDefault(usage)) return ofLimit(value, limit, shown);
  return limit === null || limit === -1 ? "no limit" : `at most ${shown(limit)}`;
}
