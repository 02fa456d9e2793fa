import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, Plus } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { HERE } from "../../api/here";
import { useExperiments } from "../../api/queries";
import type { Experiment } from "../../api/model";
import { Button } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, EmptyState } from "../../components/States";
import { useQueryState } from "../../components/useQuery";
import { useNewcomerWords } from "../../records/accounts/useNewcomerWords";
import { useRightsHere } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { FIRST_RUN } from "../../records/firstRun";
import { classes } from "../../lib/classes";
import { plural } from "../../lib/format";
import { flattenTree, leaves } from "../../lib/tree";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import { EditExperiment } from "./EditExperiment";
import { ExperimentRow } from "./ExperimentRow";
import { type ExperimentNode, type ExperimentSort, experimentTree } from "./experimentRows";
import { MoveDialog } from "./MoveDialog";
import { SharingNotice } from "./SharingNotice";
import { useExperimentActions } from "./useExperimentActions";
import { useNodeRights } from "./useNodeRights";
import styles from "./ExperimentsPage.module.css";

const ROW = 36;
/** Folders of the same name in another workspace are others. */
const CLOSED_KEY = `runfold.closed-folders${HERE && `.${HERE}`}`;

function useClosedFolders() {
  const [closed, setClosed] = useState(() => new Set(JSON.parse(localStorage.getItem(CLOSED_KEY) ?? "[]") as string[]));
  const toggle = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    localStorage.setItem(CLOSED_KEY, JSON.stringify([...next]));
    setClosed(next);
  };
  return { closed, toggle };
}

/** Every experiment, as a tree of folders. */
export function ExperimentsPage() {
  const [query, setQuery] = useQueryState();
  const text = query.q ?? "";
  const sort = (query.sort ?? "name") as ExperimentSort;
  const { data, error, refetch, isPending } = useExperiments("active");
  const { closed, toggle } = useClosedFolders();
  const [editing, setEditing] = useState<Experiment | { newIn: string } | null>(null);
  const [moving, setMoving] = useState<ExperimentNode | null>(null);
  const [cursor, setCursor] = useState(-1);
  const find = useRef<HTMLInputElement>(null);
  const rows = useMemo(
    () => flattenTree(experimentTree(data ?? [], text, sort), (path) => text !== "" || !closed.has(path)),
    [data, text, sort, closed],
  );
  const actions = useExperimentActions();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const move = (by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, cursor + by));
    setCursor(next);
    virtual.scrollToIndex(next);
  };
  const here = rows[cursor];
  const rights = useNodeRights(here);
  const begin = useRightsHere().to("createExperiment");
  /** A folder moves as a whole, also where a search shows only a part of it. */
  const moveNode = ({ path }: ExperimentNode) => setMoving(flattenTree(experimentTree(data ?? [], "", sort), () => true).find((node) => node.path === path) ?? null);
  const isOpen = (path: string) => text !== "" || !closed.has(path);
  const fold = (open: boolean) => here?.children.length && !text && isOpen(here.path) !== open && toggle(here.path);
  useShortcuts([
    { keys: "j", label: "Next experiment", run: () => move(1) },
    { keys: "k", label: "Previous experiment", run: () => move(-1) },
    { keys: "enter", label: "Open the experiment", run: () => here && actions.open(here) },
    { keys: "arrowdown", label: "Next experiment", run: () => move(1) },
    { keys: "arrowup", label: "Previous experiment", run: () => move(-1) },
    { keys: "arrowright", label: "Open the folder", run: () => fold(true) },
    { keys: "arrowleft", label: "Close the folder", run: () => fold(false) },
    { keys: "n", label: "New experiment", run: () => setEditing({ newIn: "" }), denied: begin },
    { keys: "e", label: "Edit name and description", run: () => here?.item && setEditing(here.item), denied: here?.item && rights.editItem },
    { keys: "m", label: "Move to a folder, or rename the folder", run: () => here && moveNode(here), denied: rights.move },
    { keys: "delete", label: "Move to the trash", run: () => here && actions.remove(leaves(here)), denied: rights.remove },
    { keys: "/", label: "Find an experiment", run: () => find.current?.focus() },
  ]);
  const newcomer = useNewcomerWords();
  const isEmptyStore = data?.every((e) => e.nRuns === 0) ?? false;

  return (
    <Page
      title="Experiments"
      crumbs={<CrumbHere>Experiments</CrumbHere>}
      actions={
        <Button look="primary" denied={begin} onClick={() => setEditing({ newIn: "" })}>
          <Plus size={14} />
          New experiment
        </Button>
      }
    >
      {error && !data ? (
        <FailureState what="The experiments could not be loaded" error={error} retry={() => void refetch()} />
      ) : (
        <>
          {data && !isEmptyStore && (HERE || DEFAULT_WORKSPACE) === DEFAULT_WORKSPACE && <SharingNotice />}
          <div className={styles.line}>
            <SearchInput
              ref={find}
              className={styles.find}
              placeholder="Find an experiment"
              aria-label="Find an experiment"
              value={text}
              onChange={(event) => setQuery({ q: event.target.value }, { replace: true })}
              onKeyDown={(event) => {
                if (!["Escape", "Enter", "ArrowDown"].includes(event.key)) return;
                event.preventDefault();
                event.currentTarget.blur();
                // From the search straight to what it found.
                if (event.key !== "Escape") setCursor(0);
              }}
            />
            {data && <span className={styles.count}>{plural(data.length, "experiment")}</span>}
          </div>
          <div className={styles.table} ref={scroller}>
            <div role="treegrid" aria-label="Experiments" aria-rowcount={rows.length + 1}>
              <div className={styles.head} role="row">
                <SortHead word="Name" value="name" sort={sort} onSort={(value) => setQuery({ sort: value })} />
                <span role="columnheader">State</span>
                <SortHead word="Runs" value="runs" sort={sort} onSort={(value) => setQuery({ sort: value })} isNumber />
                <SortHead word="Last run" value="active" sort={sort} onSort={(value) => setQuery({ sort: value })} isNumber />
                <span role="columnheader" className={styles.number}>
                  Runs a day, 30 days
                </span>
                <span role="columnheader">
                  <span className="sr-only">Actions</span>
                </span>
              </div>
              {isPending && <Skeleton />}
              <div className={styles.rows} style={{ height: virtual.getTotalSize() }} role="presentation">
                {virtual.getVirtualItems().map(({ index, start }) => {
                  const node = rows[index];
                  return (
                    node && (
                      <ExperimentRow
                        key={node.path}
                        node={node}
                        top={start}
                        isOpen={isOpen(node.path)}
                        isHere={index === cursor}
                        onToggle={() => toggle(node.path)}
                        onEdit={setEditing}
                        onMove={() => moveNode(node)}
                        onNew={(folder) => setEditing({ newIn: folder })}
                        actions={actions}
                      />
                    )
                  );
                })}
              </div>
            </div>
            {data && !rows.length && text && (
              <EmptyState title={`No experiment contains “${text}”`} text="The search looks at names and descriptions.">
                <Button onClick={() => setQuery({ q: "" })}>Clear the search</Button>
              </EmptyState>
            )}
            {isEmptyStore && !text && (
              <EmptyState
                title="Log a first run"
                text={
                  newcomer
                    ? `${newcomer}Runs of your own appear a moment after a script logs them; sign in by “runfold login”, then these lines are all it takes:`
                    : "Runs appear here a moment after a script logs them. These lines are all it takes:"
                }
                code={FIRST_RUN}
              />
            )}
          </div>
        </>
      )}
      {editing && ("newIn" in editing ? <EditExperiment experiment={null} folder={editing.newIn} onClose={() => setEditing(null)} /> : <EditExperiment experiment={editing} onClose={() => setEditing(null)} />)}
      {moving && <MoveDialog node={moving} onMove={actions.move} onClose={() => setMoving(null)} />}
    </Page>
  );
}

function SortHead(props: {
  word: string;
  value: ExperimentSort;
  sort: ExperimentSort;
  onSort: (value: string) => void;
  isNumber?: boolean;
}) {
  const isOn = props.sort === props.value;
  return (
    <span
      role="columnheader"
      className={classes(props.isNumber && styles.number)}
      aria-sort={isOn ? (props.value === "name" ? "ascending" : "descending") : "none"}
    >
      <button type="button" onClick={() => props.onSort(props.value === "name" ? "" : props.value)}>
        {props.word}
        {isOn && <ArrowDown size={11} aria-hidden />}
      </button>
    </span>
  );
}

function Skeleton() {
  return [260, 180, 220, 160, 240, 200].map((width, at) => (
    <div key={at} className={styles.row} style={{ position: "static" }}>
      <Bone width={width} />
      <Bone width={60} />
      <span />
      <span />
      <Bone width={90} height={18} />
    </div>
  ));
}
