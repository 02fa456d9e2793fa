import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useApi } from "../../api/context";
import type { Usage } from "../../api/keeping/model";
import { keepingKeys, useUsages } from "../../api/keeping/queries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { useNotes } from "../../components/Toasts";
import { bytes, count } from "../../lib/format";
import { limitText, ofLimit, readLimit, share } from "../../lib/quotas";
import { FailureState } from "../../records/FailureState";
import styles from "./TrashPage.module.css";

const isDefault = (usage: Usage) => usage.owner === "default";

function ownerWord(owner: string): string {
  if (owner === "default") return "All without a quota of their own";
  if (owner === "nobody") return "Nobody (made before there were users)";
  return owner.slice("user:".length) || "Somebody who is gone";
}

/** Who keeps and asks how much, and may. */
export function UsageTab({ tabs }: { tabs: ReactNode }) {
  const { data: usages, error, refetch } = useUsages();
  const [editing, setEditing] = useState<Usage | null>(null);
  const columns: GridColumn<Usage>[] = [
    { id: "owner", title: "User", width: 280, isPinned: true, cell: ({ owner }) => ownerWord(owner) },
    { id: "runs", title: "Runs", width: 190, isNumber: true, cell: (usage) => used(usage, usage.nRuns, usage.limits.maxRuns, count) },
    { id: "runsBar", title: "Of the quota", width: 110, cell: (usage) => <Bar value={share(usage.nRuns, usage.limits.maxRuns)} /> },
    { id: "bytes", title: "Files", width: 210, isNumber: true, cell: (usage) => used(usage, usage.nBytes, usage.limits.maxBytes, bytes) },
    { id: "bytesBar", title: "Of the quota", width: 110, cell: (usage) => <Bar value={share(usage.nBytes, usage.limits.maxBytes)} /> },
    { id: "today", title: "Requests today", width: 130, isNumber: true, cell: (usage) => (isDefault(usage) ? "" : count(usage.nRequestsToday)) },
    { id: "days", title: "In 30 days", width: 110, isNumber: true, cell: (usage) => (isDefault(usage) ? "" : count(usage.nRequests)) },
    { id: "rate", title: "At most a second", width: 140, isNumber: true, cell: ({ limits }) => (limits.maxRequestsPerS === -1 ? "" : String(limits.maxRequestsPerS)) },
    {
      id: "do",
      title: "Do",
      width: 60,
      cell: (usage) =>
        usage.owner === "nobody" || usage.owner === "user:" ? null : (
          <IconButton small label={`Change the quota of ${ownerWord(usage.owner)}`} onClick={() => setEditing(usage)}>
            <Pencil size={13} />
          </IconButton>
        ),
    },
  ];
  return (
    <>
      <div className={styles.line}>{tabs}</div>
      {error && !usages ? (
        <FailureState what="What users keep could not be loaded" error={error} retry={() => void refetch()} />
      ) : (
        <>
          <Grid label="Usage" rows={usages ?? []} keyOf={({ owner }) => owner} columns={columns} cursor={-1} isSelected={() => false} />
          <p className={styles.about}>Runs and files in the trash count until they are purged. Files count for who made the run that they lie in. At a limit no more runs are made and no more files stored; runs that are there go on.</p>
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

function Bar({ value }: { value: number | null }) {
  if (value === null) return null;
  return (
    <span className={styles.bar} title={`${Math.round(value * 100)} %`}>
      <span className={value >= 0.9 ? styles.full : undefined} style={{ width: `${100 * value}%` }} />
    </span>
  );
}

function EditQuota({ usage, onClose }: { usage: Usage; onClose: () => void }) {
  const { keeping } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const [runs, setRuns] = useState(limitText(usage.own.maxRuns));
  const [size, setSize] = useState(limitText(usage.own.maxBytes));
  const [rate, setRate] = useState(limitText(usage.own.maxRequestsPerS));
  const maxRuns = readLimit(runs);
  const maxBytes = readLimit(size, true);
  const maxRequestsPerS = readLimit(rate);
  const save = useMutation({
    mutationFn: () => keeping.setQuota(usage.owner, { maxRuns: maxRuns ?? null, maxBytes: maxBytes ?? null, maxRequestsPerS: maxRequestsPerS ?? null }),
    onSuccess: async () => {
      notes.done("The quota is set");
      await queries.invalidateQueries({ queryKey: keepingKeys.usages });
      onClose();
    },
  });
  const wrong = (limit: number | null | undefined, isWhole: boolean) =>
    limit === undefined || (isWhole && limit !== null && !Number.isInteger(limit)) ? "A number, none, or nothing." : undefined;
  const errors = [wrong(maxRuns, true), wrong(maxBytes, true), wrong(maxRequestsPerS, false)];
  const empty = isDefault(usage) ? "no limit" : "as the default has it";
  return (
    <Dialog
      open
      onClose={onClose}
      title={isDefault(usage) ? "Quota of all others" : `Quota of ${ownerWord(usage.owner)}`}
      onSubmit={() => errors.some(Boolean) || save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" look="primary" disabled={errors.some(Boolean) || save.isPending}>
            Set the quota
          </Button>
        </>
      }
    >
      <Labelled label="Runs" error={errors[0]}>
        <TextInput value={runs} placeholder={empty} onChange={(event) => setRuns(event.target.value)} />
      </Labelled>
      <Labelled label="Space of files, such as 500 GB or 2 TiB" error={errors[1]}>
        <TextInput value={size} placeholder={empty} onChange={(event) => setSize(event.target.value)} />
      </Labelled>
      <Labelled label="Requests a second" error={errors[2] ?? save.error?.message}>
        <TextInput value={rate} placeholder={empty} onChange={(event) => setRate(event.target.value)} />
      </Labelled>
      <p className={styles.quiet}>Write “none” for no limit{isDefault(usage) ? "." : ", whatever the default says."}</p>
    </Dialog>
  );
}
