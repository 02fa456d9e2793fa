import { useQueryClient } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { keys } from "../../api/queries";
import { Button, IconButton } from "../../components/Button";
import { CopyButton } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { LinkButton } from "../../components/LinkButton";
import { Bone, EmptyState } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import type { SetQuery } from "../../components/useQuery";
import { bytes } from "../../lib/format";
import type { Query } from "../../lib/query";
import { ArtifactPreview, previewKind } from "../../records/ArtifactPreview";
import { FailureState } from "../../records/FailureState";
import { useArtifacts } from "../../records/artifactQueries";
import { ArtifactTree, nameOf } from "./ArtifactTree";
import styles from "./ArtifactsTab.module.css";

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
      {top.data ? (
        <ArtifactTree runId={run.id} entries={top.data} chosen={file} onChoose={choose} />
      ) : (
        <div className={styles.tree}>
          <Bone width={160} />
        </div>
      )}
      <div className={styles.view}>{file ? <Chosen run={run} path={file} onGone={() => setQuery({ file: undefined })} /> : <EmptyState title="Choose a file" text="Text, tables, images, sound and pages are shown here; everything can be downloaded." />}</div>
    </div>
  );
}

function Chosen({ run, path, onGone }: { run: Run; path: string; onGone: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const folder = useArtifacts(run.id, path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  const size = folder.data?.find((entry) => entry.path === path)?.size;
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
        <span className={styles.size}>{bytes(size)}</span>
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
