import { Box, Trash2 } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Dialog } from "../../components/Dialog";
import { EmptyState } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import type { SetQuery } from "../../components/useQuery";
import type { Query } from "../../lib/query";
import { FileBrowser } from "../../records/FileBrowser";
import { RegisterModel } from "../../records/RegisterModel";
import { folderOf, nameOf, useFolder, useRunFiles } from "../../records/files";

/** Makes a folder a model. */
const MODEL_FILE = "MLmodel";

/** The files of a run, and a look into the chosen one. */
export function ArtifactsTab({ run, denied, query, setQuery }: { run: Run; denied: MaybeDenial; query: Query; setQuery: SetQuery }) {
  return (
    <FileBrowser
      files={useRunFiles(run.id)}
      chosen={query.file}
      onChoose={(path) => setQuery({ file: path })}
      empty={<EmptyState title="No files" text="Files that a run keeps show here, with a look into most kinds:" code={'runfold.log_artifact("report.html")'} />}
      tools={(path) => (
        <>
          <RegisterFolder run={run} path={path} />
          <DeleteFile key={path} denied={denied} runId={run.id} path={path} onGone={() => setQuery({ file: undefined })} />
        </>
      )}
    />
  );
}

/** Offers to register the folder of a file, where that is a model. */
function RegisterFolder({ run, path }: { run: Run; path: string }) {
  const [isAsking, setAsking] = useState(false);
  const folder = folderOf(path);
  const isModel = useFolder(useRunFiles(run.id), folder).data?.some((entry) => nameOf(entry.path) === MODEL_FILE) ?? false;
  if (!isModel) return null;
  return (
    <>
      <Button small onClick={() => setAsking(true)}>
        <Box size={13} />
        Register this model
      </Button>
      {isAsking && <RegisterModel source={[run.artifactUri, folder].filter(Boolean).join("/")} runId={run.id} modelId="" onClose={() => setAsking(false)} />}
    </>
  );
}

function DeleteFile({ runId, path, denied, onGone }: { runId: string; denied: MaybeDenial; path: string; onGone: () => void }) {
  const api = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  const [isAsking, setAsking] = useState(false);
  const remove = async () => {
    setAsking(false);
    try {
      await api.deleteArtifact(runId, path);
      notes.done(`${nameOf(path)} deleted`);
      onGone();
      await invalidate(keys.artifacts(runId), keys.trash);
    } catch (error) {
      notes.failed(`${nameOf(path)} was not deleted`, error);
    }
  };
  return (
    <>
      <IconButton label="Delete the file" denied={denied} onClick={() => setAsking(true)}>
        <Trash2 size={14} />
      </IconButton>
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
