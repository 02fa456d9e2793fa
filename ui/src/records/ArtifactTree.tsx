import { ChevronDown, ChevronRight, File, Folder } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { ArtifactEntry } from "../api/model";
import { Bone } from "../components/States";
import { bytes } from "../lib/format";
import { type FileSource, nameOf, useFolder } from "./files";
import styles from "./ArtifactTree.module.css";

const INDENT = 16;

interface TreeProps {
  files: FileSource;
  chosen: string;
  onChoose: (path: string) => void;
}

/** Files and folders; the arrow keys walk through what is open, as in other trees. */
export function ArtifactTree({ entries, ...rest }: TreeProps & { entries: ArtifactEntry[] }) {
  return (
    <div className={styles.tree} role="tree" aria-label="Files" onKeyDown={walk}>
      <Entries {...rest} entries={entries} depth={0} />
    </div>
  );
}

/** The document holds the rows in the order they are read, so it is asked where to go. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=treeitem]")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const row = rows[at];
  const level = (other: HTMLElement | undefined) => Number(other?.getAttribute("aria-level"));
  const isOpen = row?.getAttribute("aria-expanded");
  switch (event.key) {
    case "ArrowDown":
      rows[at + 1]?.focus();
      break;
    case "ArrowUp":
      rows[at - 1]?.focus();
      break;
    case "ArrowRight":
      if (isOpen === "false") row?.click();
      else if (isOpen === "true" && level(rows[at + 1]) > level(row)) rows[at + 1]?.focus();
      break;
    case "ArrowLeft":
      if (isOpen === "true") row?.click();
      else rows.slice(0, Math.max(0, at)).findLast((other) => level(other) < level(row))?.focus();
      break;
    default:
      return;
  }
  event.preventDefault();
}

function Entries({ entries, ...rest }: TreeProps & { entries: ArtifactEntry[]; depth: number }) {
  const sorted = entries.toSorted((a, b) => Number(b.isDir) - Number(a.isDir) || a.path.localeCompare(b.path, undefined, { numeric: true }));
  return sorted.map((entry) => (entry.isDir ? <FolderEntry key={entry.path} path={entry.path} {...rest} /> : <FileEntry key={entry.path} entry={entry} {...rest} />));
}

function FolderEntry({ path, ...rest }: TreeProps & { path: string; depth: number }) {
  const [isOpen, setOpen] = useState(rest.chosen.startsWith(`${path}/`));
  const inside = useFolder(rest.files, path, isOpen);
  const indent = { paddingLeft: 4 + 19 + (rest.depth + 1) * INDENT };
  return (
    <>
      <button
        type="button"
        role="treeitem"
        aria-level={rest.depth + 1}
        aria-expanded={isOpen}
        aria-selected={false}
        className={styles.entry}
        style={{ paddingLeft: 4 + rest.depth * INDENT }}
        title={path}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
        <Folder size={14} />
        <span className={styles.name}>{nameOf(path)}</span>
      </button>
      {isOpen && inside.data && <Entries {...rest} depth={rest.depth + 1} entries={inside.data} />}
      {isOpen && inside.isPending && (
        <div className={styles.entry} style={indent}>
          <Bone width={120} />
        </div>
      )}
      {isOpen && inside.error && (
        <div className={styles.problem} style={indent} role="alert">
          {inside.error.message}
        </div>
      )}
    </>
  );
}

function FileEntry({ entry, depth, chosen, onChoose }: TreeProps & { entry: ArtifactEntry; depth: number }) {
  return (
    <button
      type="button"
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={entry.path === chosen}
      className={styles.entry}
      style={{ paddingLeft: 4 + 19 + depth * INDENT }}
      title={entry.path}
      onClick={() => onChoose(entry.path)}
    >
      <File size={14} />
      <span className={styles.name}>{nameOf(entry.path)}</span>
      <span className={styles.size}>{bytes(entry.size)}</span>
    </button>
  );
}
