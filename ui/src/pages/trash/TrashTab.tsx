import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ChevronDown, RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useApi } from "../../api/context";
import type { PurgeWhat, Trash } from "../../api/model";
import { keys, useExperiments } from "../../api/queries";
import { Button } from "../../components/Button";
import { Grid } from "../../components/Grid";
import { Menu } from "../../components/Menu";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { bytes, count, plural } from "../../lib/format";
import { denialOfSome } from "../../records/accounts/denials";
import { useAdminDenial, useRightsOf } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { PurgeDialog } from "./PurgeDialog";
import { trashColumns } from "./trashColumns";
import { type TrashRow, rowKey, trashRows, words } from "./trashRows";
import { useRestore } from "./useRestore";
import styles from "./TrashPage.module.css";

const DAY_MS = 86_400_000;
const AGES = [7, 30, 90];

/** Deleted experiments and runs: to restore, or to remove for ever. */
export function TrashTab({ tabs }: { tabs: ReactNode }) {
  const api = useApi();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState(-1);
  const [purged, setPurged] = useState<PurgeWhat | null>(null);
  const trash = useInfiniteQuery({
    queryKey: [...keys.trash, "list"],
    queryFn: ({ pageParam }) => api.listTrash(pageParam),
    initialPageParam: "",
    getNextPageParam: (last: Trash) => last.nextCursor || undefined,
  });
  const all = useExperiments("all").data;
  const names = useMemo(() => new Map(all?.map((e) => [e.id, e.name])), [all]);
  const { rows, top } = useMemo(() => trashRows(trash.data?.pages ?? [], open), [trash.data, open]);
  const purgeDenied = useAdminDenial();
  const free = useQuery({ queryKey: [...keys.trash, "free"], queryFn: () => api.purge({ dryRun: true }), enabled: top.length > 0 && !purgeDenied, staleTime: 30_000 });

  const chosen = top.filter((row) => selected.has(rowKey(row)));
  const runIds = chosen.filter((row) => row.kind === "run").map((row) => row.id);
  const experimentIds = chosen.filter((row) => row.kind === "experiment").map((row) => row.id);
  const rights = useRightsOf(chosen.map(placeOf));
  const restoreDenied = denialOfSome(
    chosen.map((row) => [row.name, rights(placeOf(row)).to(row.kind === "experiment" ? "restoreExperiment" : "restoreRuns")] as const),
    "chosen",
  );
  const clear = () => setSelected(new Set());
  const restoring = useRestore(clear);
  const toggle = (key: string) => setSelected(flipped(selected, key));
  const purge = () => top.length && setPurged(chosen.length ? { runIds, experimentIds } : {});
  const restore = () => chosen.length && void restoring.restore(runIds, experimentIds);
  const at = rows[cursor];
  useShortcuts([
    { keys: "j", label: "Next row", run: () => setCursor(Math.min(rows.length - 1, cursor + 1)) },
    { keys: "k", label: "Previous row", run: () => setCursor(Math.max(0, cursor - 1)) },
    { keys: "x", label: "Choose the row", run: () => at && !(at.kind === "run" && at.isInside) && toggle(rowKey(at)) },
    { keys: "r", label: "Restore what is chosen", run: restore, denied: restoreDenied },
    { keys: "#", label: "Remove for ever, after a look at what goes", run: purge, denied: purgeDenied },
    { keys: "escape", label: "Choose none", run: clear },
  ]);
  const columns = trashColumns({
    names,
    isChosen: (row) => selected.has(rowKey(row)),
    isAll: top.length > 0 && chosen.length === top.length,
    onToggle: (row) => toggle(rowKey(row)),
    onToggleAll: () => setSelected(chosen.length === top.length ? new Set() : new Set(top.map(rowKey))),
    onOpen: (id) => setOpen(flipped(open, id)),
  });
  const nRuns = top.filter((row) => row.kind === "run").length;

  return (
    <>
      <div className={styles.line}>
        {tabs}
        {chosen.length > 0 ? (
          <strong>{words(runIds.length, experimentIds.length)} chosen</strong>
        ) : (
          top.length > 0 && (
            <span>
              {trash.hasNextPage ? "The latest " : ""}
              {words(nRuns, top.length - nRuns)}
              {free.data && `; emptying the trash frees ${bytes(free.data.nBytes)} in ${plural(free.data.nFiles, "file")} and ${plural(free.data.nPoints, "point")}`}
            </span>
          )
        )}
        {top.length > 0 && (
          <span className={styles.push}>
            <Button denied={restoreDenied} disabled={!chosen.length || restoring.isBusy} onClick={restore}>
              <RotateCcw size={14} />
              {chosen.length ? `Restore ${count(chosen.length)}` : "Restore"}
            </Button>
            <Button look="danger" denied={purgeDenied} onClick={purge}>
              <Trash2 size={14} />
              {chosen.length ? `Remove ${count(chosen.length)} for ever` : "Empty the trash"}
            </Button>
            <Menu
              align="end"
              trigger={
                <Button look="quiet" denied={purgeDenied} aria-label="Remove what is old">
                  <ChevronDown size={14} />
                </Button>
              }
              entries={AGES.map((days) => ({ label: `Remove what has been here for ${days} days`, danger: true, onSelect: () => setPurged({ olderThanMs: Date.now() - days * DAY_MS }) }))}
            />
          </span>
        )}
      </div>
      {trash.error ? (
        <FailureState what="The trash could not be listed" error={trash.error} retry={() => void trash.refetch()} />
      ) : !trash.data ? (
        <Bones label="The trash is loading">
          {[70, 85, 60].map((width) => (
            <Bone key={width} width={`${width}%`} height={18} />
          ))}
        </Bones>
      ) : !top.length ? (
        <EmptyState title="The trash is empty" text="Deleted experiments and runs wait here, with everything they hold, until somebody restores them or removes them for ever." />
      ) : (
        <Grid
          label="Trash"
          rows={rows}
          keyOf={rowKey}
          columns={columns}
          cursor={cursor}
          isSelected={(row) => selected.has(rowKey(row))}
          onRowClick={(_, index) => setCursor(index)}
          depthOf={(row) => (row.kind === "run" && row.isInside ? 1 : 0)}
          onNearEnd={() => trash.hasNextPage && !trash.isFetchingNextPage && void trash.fetchNextPage()}
        />
      )}
      {purged && (
        <PurgeDialog
          what={purged}
          onClose={() => setPurged(null)}
          onDone={() => {
            clear();
            void restoring.refresh();
          }}
        />
      )}
    </>
  );
}

/** What decides on a row: an experiment, or that of a run. */
const placeOf = (row: TrashRow) => `experiment:${row.kind === "run" ? row.run.experimentId : row.id}`;

function flipped(set: ReadonlySet<string>, item: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
