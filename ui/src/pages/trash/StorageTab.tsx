import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useApi } from "../../api/context";
import type { StorageUse } from "../../api/model";
import { keys } from "../../api/queries";
import { Button } from "../../components/Button";
import { Grid, type GridColumn } from "../../components/Grid";
import { EmptyState } from "../../components/States";
import type { SetQuery } from "../../components/useQuery";
import { bytes, count } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import styles from "./TrashPage.module.css";

/** Files by experiment, or by run of one experiment; the largest first. */
export function StorageTab({ tabs, experimentId, setQuery }: { tabs: ReactNode; experimentId: string | null; setQuery: SetQuery }) {
  const api = useApi();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: [...keys.trash, "storage", experimentId],
    queryFn: () => api.measureStorage(experimentId),
    staleTime: 30_000,
  });
  const most = Math.max(1, ...(data?.uses.map((use) => use.nBytes) ?? []));
  const rows = data?.uses.toSorted((a, b) => b.nBytes - a.nBytes) ?? [];
  const columns: GridColumn<StorageUse>[] = [
    {
      id: "name",
      title: experimentId ? "Run" : "Experiment",
      width: 320,
      isPinned: true,
      cell: (use) =>
        use.runId ? (
          <Link to="/runs/$runId" params={{ runId: use.runId }} search={{ tab: "artifacts" }} className={styles.name}>
            {use.name}
          </Link>
        ) : (
          <Link to="/trash" search={{ tab: "storage", experiment: use.experimentId }} className={styles.name}>
            {use.name}
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
        <span className={styles.bar}>
          <span style={{ width: `${(100 * use.nBytes) / most}%` }} />
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
        {data && (
          <span>
            {bytes(data.nBytes)} of files{data.isComplete ? "" : "; there are more than the server counted"}
          </span>
        )}
      </div>
      {error ? (
        <FailureState what="The space could not be measured" error={error} retry={() => void refetch()} />
      ) : !isPending && !rows.some((use) => use.nBytes) ? (
        <EmptyState title="No files" text="Files that runs keep (models, images, tables) are counted here." />
      ) : (
        <Grid label="Space" rows={rows} keyOf={(use) => use.runId ?? use.experimentId} columns={columns} cursor={-1} isSelected={() => false} />
      )}
    </>
  );
}
