import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, Download, File, Folder, Trash2 } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { ArtifactEntry, Run } from "../../api/model";
import { keys } from "../../api/queries";
import { Button, IconButton } from "../../components/Button";
import { CopyButton } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { LinkButton } from "../../components/LinkButton";
import { EmptyState } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import type { SetQuery } from "../../components/useQuery";
import { bytes } from "../../lib/format";
import type { Query } from "../../lib/query";
import { ArtifactPreview, previewKind } from "../../records/ArtifactPreview";
import { FailureState } from "../../records/FailureState";
import { useArtifacts } from "../../records/artifactQueries";
import styles from "./ArtifactsTab.module.css";

const INDENT = 16;

/** The files of a run, and a look into the chosen one. */
export function ArtifactsTab({ run, query, setQuery }: { run: Run; query: Query; setQuery: SetQuery }) {
  const top = useArtifacts(run.id, "");
  const file = query.file ?? top.data?.find((entry) => !entry.isDir && previewKind(entry.path) !== "unknown")?.path ?? "";
  const choose = (path: string) => setQuery({ file: path });
  if (top.error) return <FailureState what="The files could not be listed" error={top.error} retry={() => void top.refetch()} />;
  if (top.data?.length === 0) {
    return <EmptyState title="No files" text="Files that a run keeps show here, with a look into most kinds:" code={'runfold.log_artifact("report.html")'} />;
  }
  return (
    <div className={styles.split}>
      <div className={styles.tree} role="tree" aria-label="Files">
        {top.data && <Entries run={run} entries={top.data} depth={0} chosen={file} onChoose={choose} />}
      </div>
      <div className={styles.view}>{file ? <Chosen run={run} path={file} onGone={() => setQuery({ file: undefined })} /> : <EmptyState title="Choose a file" text="Text, tables, images, sound and pages are shown here; everything can be downloaded." />}</div>
    </div>
  );
}

interface TreeProps {
  run: Run;
  depth: number;
  chosen: string;
  onChoose: (path: string) => void;
}

function Entries({ entries, ...rest }: TreeProps & { entries: ArtifactEntry[] }) {
  const sorted = entries.toSorted((a, b) => Number(b.isDir) - Number(a.isDir) || a.path.localeCompare(b.path, undefined, { numeric: true }));
  return sorted.map((entry) => (entry.isDir ? <FolderEntry key={entry.path} entry={entry} {...rest} /> : <FileEntry key={entry.path} entry={entry} {...rest} />));
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

function FolderEntry({ entry, ...rest }: TreeProps & { entry: ArtifactEntry }) {
  const [isOpen, setOpen] = useState(rest.chosen.startsWith(`${entry.path}/`));
  const inside = useArtifacts(rest.run.id, entry.path, isOpen);
  return (
    <>
      <button
        type="button"
        role="treeitem"
        aria-expanded={isOpen}
        aria-selected={false}
        className={styles.entry}
        style={{ paddingLeft: 4 + rest.depth * INDENT }}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
        <Folder size={14} />
        <span className={styles.name}>{nameOf(entry.path)}</span>
      </button>
      {isOpen && inside.data && <Entries {...rest} depth={rest.depth + 1} entries={inside.data} />}
    </>
  );
}

function FileEntry({ entry, depth, chosen, onChoose }: TreeProps & { entry: ArtifactEntry }) {
  return (
    <button
      type="button"
      role="treeitem"
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

function Chosen({ run, path, onGone }: { run: Run; path: string; onGone: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const [isAsking, setAsking] = useState(false);
  const remove = async () => {
    setAsking(false);
    try {
      await api.deleteArtifact(run.id, path);
      notes.done(`${nameOf(path)} deleted`);
      onGone();
      await client.invalidateQueries({ queryKey: keys.artifacts(run.id) });
    } catch (error) {
      notes.failed(`${nameOf(path)} was not deleted`, error);
    }
  };
  return (
    <>
      <div className={styles.head}>
        <code title={path}>{path}</code>
        <CopyButton text={path} label="Copy the path" />
        <LinkButton look="quiet" render={<a href={api.artifactUrl(run.id, path)} download={nameOf(path)} />}>
          <Download size={14} />
          Download
        </LinkButton>
        <IconButton label="Delete the file" onClick={() => setAsking(true)}>
          <Trash2 size={14} />
        </IconButton>
      </div>
      <div className={styles.body}>
        <ArtifactPreview key={path} runId={run.id} path={path} />
      </div>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Delete this file?"
        foot={
          <>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button look="danger" onClick={() => void remove()}>
              Delete the file
            </Button>
          </>
        }
      >
        <p>
          <code>{path}</code> goes for good: files have no trash. The run and its other files stay.
        </p>
      </Dialog>
    </>
  );
}
