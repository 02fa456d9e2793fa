import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight, FlaskConical } from "lucide-react";
import { IconButton } from "../../components/Button";
import type { GridColumn } from "../../components/Grid";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { cutMiddle, plural } from "../../lib/format";
import type { TrashRow } from "./trashRows";
import styles from "./TrashPage.module.css";

const LETTERS = 44;

interface Handlers {
  /** Of experiments, by id. */
  names: ReadonlyMap<string, string>;
  isChosen: (row: TrashRow) => boolean;
  isAll: boolean;
  onToggle: (row: TrashRow) => void;
  onToggleAll: () => void;
  onOpen: (experimentId: string) => void;
}

export function trashColumns({ names, isChosen, isAll, onToggle, onToggleAll, onOpen }: Handlers): GridColumn<TrashRow>[] {
  return [
    {
      id: "select",
      title: "",
      width: 36,
      isPinned: true,
      head: (
        <span className={styles.check}>
          <input type="checkbox" aria-label="Choose all" checked={isAll} onChange={onToggleAll} />
        </span>
      ),
      cell: (row) =>
        !(row.kind === "run" && row.isInside) && (
          <span className={styles.check}>
            <input type="checkbox" aria-label={`Choose ${row.name}`} checked={isChosen(row)} onChange={() => onToggle(row)} />
          </span>
        ),
    },
    { id: "name", title: "Name", width: 340, isPinned: true, cell: (row) => <NameCell row={row} onOpen={onOpen} /> },
    { id: "kind", title: "What", width: 110, cell: (row) => <span className={styles.quiet}>{row.kind === "run" ? "Run" : "Experiment"}</span> },
    {
      id: "state",
      title: "State",
      width: 130,
      cell: (row) => (row.kind === "run" ? <StateMark state={row.run.state} /> : <span className={styles.quiet}>with {plural(row.nRuns, "run")}</span>),
    },
    {
      id: "where",
      title: "Experiment",
      width: 240,
      cell: (row) =>
        row.kind === "run" &&
        !row.isInside && (
          <Link to="/experiments/$ids" params={{ ids: row.run.experimentId }} className={styles.name} title={names.get(row.run.experimentId)}>
            {names.get(row.run.experimentId) ?? row.run.experimentId}
          </Link>
        ),
    },
    { id: "deleted", title: "Deleted", width: 110, cell: (row) => <Ago ms={row.deletedMs} /> },
    { id: "started", title: "Started", width: 110, cell: (row) => row.kind === "run" && <Ago ms={row.run.startMs} /> },
  ];
}

function NameCell({ row, onOpen }: { row: TrashRow; onOpen: (experimentId: string) => void }) {
  if (row.kind === "run") {
    return (
      <Link to="/runs/$runId" params={{ runId: row.id }} className={styles.name} style={row.isInside ? { paddingLeft: 32 } : undefined} title={row.name}>
        {cutMiddle(row.name, LETTERS)}
      </Link>
    );
  }
  return (
    <span className={styles.folder}>
      {row.nRuns > 0 ? (
        <IconButton small label={row.isOpen ? `Fold ${row.name}` : `Show the runs of ${row.name}`} aria-expanded={row.isOpen} onClick={() => onOpen(row.id)}>
          {row.isOpen ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
        </IconButton>
      ) : (
        <FlaskConical size={13} aria-hidden />
      )}
      <span className={styles.name} title={row.name}>
        {cutMiddle(row.name, LETTERS)}
      </span>
    </span>
  );
}
