import { Link } from "@tanstack/react-router";
import { ChevronRight, Copy, FolderInput, FolderOpen, FolderPen, MoreHorizontal, Pencil, Plus, Trash2 } from "lucide-react";
import type { Experiment } from "../../api/model";
import { HERE } from "../../api/here";
import { IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Menu, type MenuEntry } from "../../components/Menu";
import { SparkBars } from "../../components/Spark";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { classes } from "../../lib/classes";
import { count, plural } from "../../lib/format";
import { leaves } from "../../lib/tree";
import { placeIn } from "../../lib/workspaces";
import { useAccessEntry } from "../../records/accounts/useAccessEntry";
import { type ExperimentNode, totals } from "./experimentRows";
import { useNodeRights } from "./useNodeRights";
import type { ExperimentActions } from "./useExperimentActions";
import styles from "./ExperimentsPage.module.css";

const INDENT = 18;

export function ExperimentRow({
  node,
  top,
  isOpen,
  isHere,
  onToggle,
  onEdit,
  onMove,
  onNew,
  actions,
}: {
  node: ExperimentNode;
  top: number;
  isOpen: boolean;
  isHere: boolean;
  onToggle: () => void;
  onEdit: (experiment: Experiment) => void;
  onMove: () => void;
  /** Makes an experiment in the folder. */
  onNew: (folder: string) => void;
  actions: ExperimentActions;
}) {
  const sum = totals(node);
  const access = useAccessEntry(node.item ? `experiment:${node.item.id}` : placeIn(HERE, "folder", node.path), node.path);
  const rights = useNodeRights(node);
  const isFolder = node.children.length > 0;
  const about = node.item?.description.split("\n")[0] ?? "";
  return (
    <div
      className={classes(styles.row, isHere && styles.cursor)}
      style={{ top }}
      role="row"
      aria-level={node.depth + 1}
      {...(isFolder ? { "aria-expanded": isOpen } : {})}
    >
      <div role="gridcell" className={classes(styles.name, isFolder && styles.folder)} style={{ paddingLeft: node.depth * INDENT }}>
        {isFolder ? (
          <button
            type="button"
            className={classes(styles.twist, isOpen && styles.open)}
            aria-label={`${isOpen ? "Close" : "Open"} ${node.path}`}
            onClick={onToggle}
          >
            <ChevronRight size={14} />
          </button>
        ) : (
          <span className={styles.twist} style={{ visibility: "hidden" }} />
        )}
        <Link to="/experiments/$ids" params={{ ids: sum.ids.join(",") }} title={node.path}>
          {node.label}
        </Link>
        {isFolder && <span className={styles.quiet}>{plural(sum.ids.length, "experiment")}</span>}
        <span className={styles.about} title={node.item?.description}>
          {about}
        </span>
      </div>
      <div role="gridcell">
        {sum.nRunning > 0 && (
          <span className={styles.quiet}>
            <StateMark state="RUNNING" wordless /> {plural(sum.nRunning, "running", "running")}
          </span>
        )}
      </div>
      <div role="gridcell" className={styles.number}>
        {sum.nRuns ? count(sum.nRuns) : <span className={styles.quiet}>none</span>}
      </div>
      <div role="gridcell" className={classes(styles.number, styles.quiet)}>
        <Ago ms={sum.lastRunMs} />
      </div>
      <div role="gridcell" className={styles.spark}>
        {sum.nRuns > 0 && <SparkBars values={sum.runsPerDay} label={`Runs on each of the last ${sum.runsPerDay.length} days`} />}
      </div>
      <div role="gridcell" className={styles.menu}>
        <Menu
          align="end"
          trigger={
            <IconButton small label={`Actions for ${node.path}`} className={styles.menuButton}>
              <MoreHorizontal size={15} />
            </IconButton>
          }
          entries={[
            {
              label: isFolder ? "Open all runs of the folder" : "Open",
              icon: <FolderOpen size={14} />,
              onSelect: () => actions.open(node),
            },
            ...(node.item ? experimentEntries(node.item, onEdit, rights.editItem) : []),
            isFolder
              ? { label: "Rename or move the folder…", icon: <FolderPen size={14} />, note: "M", denied: rights.move, onSelect: onMove }
              : { label: "Move to folder…", icon: <FolderInput size={14} />, note: "M", denied: rights.move, onSelect: onMove },
            ...access.entries,
            ...(isFolder ? [{ label: "New experiment here", icon: <Plus size={14} />, denied: rights.begin, onSelect: () => onNew(node.path) }] : []),
            "line" as const,
            {
              label: isFolder ? `Move all ${plural(sum.ids.length, "experiment")} to trash` : "Move to trash",
              icon: <Trash2 size={14} />,
              note: "Del",
              danger: true,
              denied: rights.remove,
              onSelect: () => actions.remove(leaves(node)),
            },
          ]}
        />
        {access.dialog}
      </div>
    </div>
  );
}

function experimentEntries(experiment: Experiment, onEdit: (experiment: Experiment) => void, denied: MaybeDenial): MenuEntry[] {
  return [
    { label: "Edit name and description", icon: <Pencil size={14} />, note: "E", denied, onSelect: () => onEdit(experiment) },
    { label: "Copy id", icon: <Copy size={14} />, note: experiment.id, onSelect: () => void navigator.clipboard.writeText(experiment.id) },
  ];
}
