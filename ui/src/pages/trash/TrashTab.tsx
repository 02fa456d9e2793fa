import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useApi } from "../../api/context";
import type { RunInfo, Trash } from "../../api/model";
import { keys, useExperiments } from "../../api/queries";
import { Button } from "../../components/Button";
import { Grid, type GridColumn } from "../../components/Grid";
import { EmptyState } from "../../components/States";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { PurgeDialog } from "./PurgeDialog";
import styles from "./TrashPage.module.css";

type Item = { kind: "experiment"; id: string; name: string; deletedMs: number | null } | { kind: "run"; id: string; name: string; deletedMs: number | null; run: RunInfo };

/** Deleted experiments and runs: to restore, or to remove for ever. */
export function TrashTab({ tabs }: { tabs: ReactNode }) {
  const api = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isPurging, setPurging] = useState(false);
  const trash = useInfiniteQuery({
    queryKey: [...keys.trash, "list"],
    queryFn: ({ pageParam }) => api.listTrash(pageParam),
    initialPageParam: "",
    getNextPageParam: (last: Trash) => last.nextCursor || undefined,
  });
  const names = new Map(useExperiments("all").data?.map((e) => [e.id, e.name]));
  const items = useMemo<Item[]>(() => {
    const pages = trash.data?.pages ?? [];
    return [
      ...(pages[0]?.experiments ?? []).map((e): Item => ({ kind: "experiment", ...e })),
      ...pages.flatMap((page) => page.runs).map((run): Item => ({ kind: "run", id: run.id, name: run.name, deletedMs: run.deletedMs, run })),
    ];
  }, [trash.data]);
  const chosen = items.filter((item) => selected.has(item.kind + item.id));
  const runIds = chosen.filter((item) => item.kind === "run").map((item) => item.id);
  const experimentIds = chosen.filter((item) => item.kind === "experiment").map((item) => item.id);

  const refresh = () => Promise.all([keys.trash, keys.runs, keys.experiments].map((queryKey) => client.invalidateQueries({ queryKey })));
  const restore = async () => {
    try {
      if (runIds.length) await api.restoreRuns(runIds);
      for (const id of experimentIds) await api.restoreExperiment(id);
      notes.done(`${words(runIds.length, experimentIds.length)} restored`);
      setSelected(new Set());
    } catch (error) {
      notes.failed("Not everything was restored", error);
    }
    await refresh();
  };
  const toggle = (item: Item) => {
    const next = new Set(selected);
    if (!next.delete(item.kind + item.id)) next.add(item.kind + item.id);
    setSelected(next);
  };
  const toggleAll = () => setSelected(chosen.length === items.length ? new Set() : new Set(items.map((item) => item.kind + item.id)));

  const columns: GridColumn<Item>[] = [
    {
      id: "select",
      title: "",
      width: 36,
      isPinned: true,
      head: (
        <span className={styles.check}>
          <input type="checkbox" aria-label="Choose all" checked={items.length > 0 && chosen.length === items.length} onChange={toggleAll} />
        </span>
      ),
      cell: (item) => (
        <span className={styles.check}>
          <input type="checkbox" aria-label={`Choose ${item.name}`} checked={selected.has(item.kind + item.id)} onChange={() => toggle(item)} />
        </span>
      ),
    },
    {
      id: "name",
      title: "Name",
      width: 320,
      isPinned: true,
      cell: (item) =>
        item.kind === "run" ? (
          <Link to="/runs/$runId" params={{ runId: item.id }} className={styles.name} title={item.name}>
            {item.name}
          </Link>
        ) : (
          <span className={styles.name} title={item.name}>
            {item.name}
          </span>
        ),
    },
    { id: "kind", title: "What", width: 120, cell: (item) => <span className={styles.quiet}>{item.kind === "run" ? "Run" : "Experiment"}</span> },
    { id: "state", title: "State", width: 110, cell: (item) => item.kind === "run" && <StateMark state={item.run.state} /> },
    { id: "where", title: "Experiment", width: 220, cell: (item) => item.kind === "run" && <span className={styles.name}>{names.get(item.run.experimentId) ?? item.run.experimentId}</span> },
    { id: "deleted", title: "Deleted", width: 120, cell: (item) => <Ago ms={item.deletedMs} /> },
    { id: "started", title: "Started", width: 120, cell: (item) => item.kind === "run" && <Ago ms={item.run.startMs} /> },
  ];

  return (
    <>
      <div className={styles.line}>
        {tabs}
        {chosen.length ? <strong>{words(runIds.length, experimentIds.length)} chosen</strong> : <span>{words(items.filter((i) => i.kind === "run").length, items.filter((i) => i.kind === "experiment").length)}</span>}
        <span className={styles.push}>
          <Button disabled={!chosen.length} onClick={() => void restore()}>
            <RotateCcw size={14} />
            Restore
          </Button>
          <Button look="danger" disabled={!items.length} onClick={() => setPurging(true)}>
            <Trash2 size={14} />
            {chosen.length ? `Remove ${chosen.length} for ever` : "Empty the trash"}
          </Button>
        </span>
      </div>
      {trash.error ? (
        <FailureState what="The trash could not be listed" error={trash.error} retry={() => void trash.refetch()} />
      ) : trash.data && !items.length ? (
        <EmptyState title="The trash is empty" text="Deleted experiments and runs wait here, with everything they hold, until somebody removes them for ever." />
      ) : (
        <Grid
          label="Trash"
          rows={items}
          keyOf={(item) => item.kind + item.id}
          columns={columns}
          cursor={-1}
          isSelected={(item) => selected.has(item.kind + item.id)}
          onNearEnd={() => trash.hasNextPage && !trash.isFetchingNextPage && void trash.fetchNextPage()}
        />
      )}
      {isPurging && (
        <PurgeDialog
          what={chosen.length ? { runIds, experimentIds } : {}}
          onClose={() => setPurging(false)}
          onDone={() => {
            setSelected(new Set());
            void refresh();
          }}
        />
      )}
    </>
  );
}

function words(nRuns: number, nExperiments: number): string {
  const parts = [nExperiments && plural(nExperiments, "experiment"), (nRuns || !nExperiments) && plural(nRuns, "run")];
  return parts.filter(Boolean).join(" and ");
}
