import { useMutation, useQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import { useInvalidate } from "../../api/tabs";
import { trashedWorkspacesKey, useTrashedWorkspaces, workspacesKey } from "../../api/workspaces/queries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { Section } from "../../components/Sections";
import { Bone, Bones } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { bytes, plural } from "../../lib/format";
import look from "../../records/accounts/accounts.module.css";
import { ContentsList } from "./ContentsList";
import styles from "./workspaces.module.css";

/** Workspaces in the trash, for administrators; nothing while there are none. */
export function TrashedWorkspaces() {
  const { workspaces } = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  const { data: trashed } = useTrashedWorkspaces(true);
  const [doomed, setDoomed] = useState("");
  const refresh = async () => {
    await invalidate(workspacesKey);
    await invalidate(trashedWorkspacesKey);
  };
  const restore = useMutation({
    mutationFn: (name: string) => workspaces.restore(name),
    onSuccess: async (_, name) => {
      notes.done(`The workspace ${name} is back`);
      await refresh();
    },
    onError: (problem) => notes.failed("The workspace was not restored", problem),
  });
  if (!trashed?.length) return null;
  return (
    <div className={styles.trash}>
      <Section title="In the trash">
        <table className={look.table} aria-label="Workspaces in the trash">
          <thead>
            <tr>
              <th scope="col">Workspace</th>
              <th scope="col">Description</th>
              <th scope="col">Deleted</th>
              <th scope="col">Do</th>
            </tr>
          </thead>
          <tbody>
            {trashed.map(({ name, description, deletedMs }) => (
              <tr key={name}>
                <td>{name}</td>
                <td className={look.word}>{description}</td>
                <td>
                  <Ago ms={deletedMs} />
                </td>
                <td>
                  <IconButton small label={`Restore ${name}`} disabled={restore.isPending} onClick={() => restore.mutate(name)}>
                    <RotateCcw size={13} />
                  </IconButton>
                  <IconButton small label={`Remove ${name} for ever`} onClick={() => setDoomed(name)}>
                    <Trash2 size={13} />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {doomed && <PurgeWorkspace name={doomed} onClose={() => setDoomed("")} onDone={refresh} />}
    </div>
  );
}

function PurgeWorkspace({ name, onClose, onDone }: { name: string; onClose: () => void; onDone: () => Promise<void> }) {
  const { workspaces } = useApi();
  const notes = useNotes();
  const [typed, setTyped] = useState("");
  const trial = useQuery({ queryKey: [...trashedWorkspacesKey, "trial", name], queryFn: () => workspaces.purge(name, true), gcTime: 0 });
  const purge = useMutation({
    mutationFn: () => workspaces.purge(name, false),
    onSuccess: async (report) => {
      onClose();
      notes.done(`The workspace ${name} is removed for ever; ${bytes(report.nBytes)} of files freed`);
      await onDone();
    },
  });
  const canPurge = trial.data !== undefined && typed === name && !purge.isPending;
  const problem = purge.error ?? trial.error;
  return (
    <Dialog
      open
      width={520}
      onClose={onClose}
      title={`Remove the workspace ${name} for ever?`}
      onSubmit={() => canPurge && purge.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" type="submit" disabled={!canPurge}>
            {purge.isPending ? "Removing…" : "Remove it for ever"}
          </Button>
        </>
      }
    >
      {trial.data ? (
        <>
          <p>This cannot be undone. With the workspace go:</p>
          <ContentsList contents={trial.data.contents} />
          {trial.data.nFiles > 0 && (
            <p className={look.soft}>
              The server counted {plural(trial.data.nFiles, "file")}, {bytes(trial.data.nBytes)}.
            </p>
          )}
          {trial.data.unreachable.length > 0 && <p className={look.soft}>{plural(trial.data.unreachable.length, "folder")} of files are not kept by the server, and stay where they are.</p>}
          <Labelled label={`Type ${name} to confirm`}>
            <TextInput autoFocus autoComplete="off" value={typed} onChange={({ target }) => setTyped(target.value)} />
          </Labelled>
        </>
      ) : (
        !trial.error && (
          <Bones label="The server counts what would go">
            <Bone width="50%" />
            <Bone width="40%" />
          </Bones>
        )
      )}
      {problem && (
        <p role="alert" className={look.bad}>
          {problem.message}
        </p>
      )}
    </Dialog>
  );
}
