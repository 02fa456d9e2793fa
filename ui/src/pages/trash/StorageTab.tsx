import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useApi } from "../../api/context";
import type { StorageUse } from "../../api/model";
import { keys, useExperiments } from "../../api/queries";
import { Button } from "../../components/Button";
import { Grid, type GridColumn } from "../../components/Grid";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import type { SetQuery } from "../../components/useQuery";
import { bytes, count, cutMiddle, roundNumber } from "../../lib/format";
import { useReadsEverything } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import styles from "./TrashPage.module.css";

const percent = (part: number, whole: number) => (whole ? `${roundNumber((100 * part) / whole, part * 10 < whole ? 1 : 2)} %` : "");

/** Files by experiment, or by run of one experiment; the largest first. */
export function StorageTab({ tabs, experimentId, setQuery }: { tabs: ReactNode; experimentId: string | null; setQuery: SetQuery }) {
  const api = useApi();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: [...keys.trash, "storage", experimentId],
    queryFn: () => api.measureStorage(experimentId),
    staleTime: 30_000,
  });
  const records = useQuery({ queryKey: [...keys.trash, "records"], queryFn: () => api.measureRecords(), staleTime: 30_000, enabled: useReadsEverything() }).data;
  const all = useExperiments("all").data;
  const deleted = new Set(all?.filter((e) => e.isDeleted).map((e) => e.id));
  const name = all?.find((e) => e.id === experimentId)?.name;
  const rows = data?.uses.toSorted((a, b) => b.nBytes - a.nBytes) ?? [];
  const [cursor, setCursor] = useState(-1);
  const at = rows[cursor];
  useShortcuts([
    { keys: "j", label: "Next row", run: () => setCursor(Math.min(rows.length - 1, cursor + 1)) },
    { keys: "k", label: "Previous row", run: () => setCursor(Math.max(0, cursor - 1)) },
    { keys: "enter", label: "Look into the experiment", run: () => at && !at.runId && setQuery({ experiment: at.experimentId }) },
  ]);
  const most = Math.max(1, ...(data?.uses.map((use) => use.nBytes) ?? []));
  const columns: GridColumn<StorageUse>[] = [
    {
      id: "name",
      title: experimentId ? "Run" : "Experiment",
      width: 320,
      isPinned: true,
      cell: (use) =>
        use.runId ? (
          <Link to="/runs/$runId" params={{ runId: use.runId }} search={{ tab: "artifacts" }} className={styles.name} title={use.name}>
            {cutMiddle(use.name, 44)}
          </Link>
        ) : (
          <Link to="/trash" search={{ tab: "storage", experiment: use.experimentId }} className={styles.name} title={use.name}>
            {cutMiddle(use.name, 44)}
            {deleted.has(use.experimentId) && <small className={styles.in}>in the trash</small>}
          </Link>
        ),
    },
    { id: "bytes", title: "Space of files", width: 120, isNumber: true, cell: (use) => bytes(use.nBytes) },
    { id: "files", title: "Files", width: 100, isNumber: true, cell: (use) => count(use.nFiles) },
    {
      id: "share",
      title: "Share",
      width: 300,
      cell: (use) => (
        <span className={styles.share}>
          <span className={styles.bar}>
            <span style={{ width: `${(100 * use.nBytes) / most}%` }} />
          </span>
          {percent(use.nBytes, data?.nBytes ?? 0)}
        </span>
      ),
    },
  ];
  return (
    <>
      <div className={styles.line}>
        {tabs}
        {experimentId && (
          <Button small look="quiet" onClick={() => setQuery({ experiment: undefined })}>
            <ArrowLeft size={13} />
            All experiments
          </Button>
        )}
        {experimentId && name && <strong>{cutMiddle(name, 60)}</strong>}
        {data && (
          <span>
            {bytes(data.nBytes)} of files{data.isComplete ? "" : "; there are more than the server counted"}
            {records && !experimentId && `, ${bytes(records.nBytes)} of records in the database`}
            {records && !experimentId && records.nFreeBytes > records.nBytes / 20 && `, ${bytes(records.nFreeBytes)} of them free for new ones`}
          </span>
        )}
      </div>
      {error ? (
        <FailureState what="The space could not be measured" error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Bones label="The use of storage is loading">
          <p>The server counts the files…</p>
          <Bone width="70%" height={18} />
          <Bone width="60%" height={18} />
        </Bones>
      ) : !rows.some((use) => use.nBytes) ? (
        <EmptyState title="No files" text="Files that runs keep (models, images, tables) are counted here." />
      ) : (
        <>
          <Grid label="Space" rows={rows} keyOf={(use) => use.runId ?? use.experimentId} columns={columns} cursor={cursor} isSelected={() => false} onRowClick={(_, at) => setCursor(at)} />
          <p className={styles.about}>Files of models, images and tables, those in the trash included. Params, metrics and tags live in the database, which is counted as a whole.</p>
        </>
      )}
    </>
  );
}
