import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useApi } from "../../api/context";
import type { Secret } from "../../api/work/model";
import { useSecrets, workKeys } from "../../api/work/queries";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { useRightsHere } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";

/** Secrets by name. What one is never comes back to a page. */
export function SecretsTab() {
  const { isKnown, to } = useRightsHere();
  const unseen = to("seeSecrets");
  if (unseen) return <EmptyState title="Secrets are for those who submit jobs here" text={unseen.text} />;
  return isKnown ? <Secrets denied={to("changeSecrets")} /> : null;
}

function Secrets({ denied }: { denied: MaybeDenial }) {
  const api = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const { data: secrets, error, refetch } = useSecrets();
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<Secret | null>(null);
  useShortcuts([{ keys: "n", label: "Add a secret", run: () => setMaking(true), denied }]);
  const columns = useMemo(
    (): GridColumn<Secret>[] => [
      { id: "name", title: "Secret", width: 220, isPinned: true, cell: ({ name }) => <code>{name}</code> },
      { id: "where", title: "Where", width: 300, cell: ({ reference }) => (reference ? <code>{reference}</code> : "kept here, sealed") },
      { id: "about", title: "Description", width: 320, cell: ({ description }) => description },
      { id: "changed", title: "Changed", width: 120, cell: ({ updatedMs }) => <Ago ms={updatedMs} /> },
      {
        id: "do",
        title: "Do",
        width: 56,
        cell: (secret) => (
          <IconButton small denied={denied} label={`Remove ${secret.name}`} onClick={() => setDoomed(secret)}>
            <Trash2 size={13} />
          </IconButton>
        ),
      },
    ],
    [denied],
  );
  const remove = async (secret: Secret) => {
    setDoomed(null);
    try {
      await api.work.deleteSecret(secret.name);
      notes.done(`Secret “${secret.name}” is removed`);
    } catch (problem) {
      notes.failed("The secret could not be removed", problem);
    }
    await client.invalidateQueries({ queryKey: workKeys.secrets });
  };
  if (error && !secrets) return <FailureState what="The secrets could not be loaded" error={error} retry={() => void refetch()} />;
  const add = (
    <Button denied={denied} onClick={() => setMaking(true)}>
      <Plus size={14} />
      Add a secret
    </Button>
  );
  return (
    <>
      {secrets && !secrets.length ? (
        <EmptyState
          title="No secret is kept"
          text="Parameters, targets and projects name secrets, as in secret:NAME. What one is goes to the agent of a job that names it, and to nobody else; it is in no record and no log."
          code="runfold secrets set GIT_TOKEN"
        >
          {add}
        </EmptyState>
      ) : (
        <>
          <ListLine count={secrets && plural(secrets.length, "secret")}>{add}</ListLine>
          <Grid label="Secrets" rows={secrets ?? []} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
        </>
      )}
      {isMaking && <SetSecret onClose={() => setMaking(false)} />}
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title="Remove this secret?"
        foot={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button look="danger" onClick={() => doomed && void remove(doomed)}>
              Remove the secret
            </Button>
          </>
        }
      >
        <p>
          Jobs that name <code>secret:{doomed?.name}</code> fail from then on. It cannot be brought back.
        </p>
      </Dialog>
    </>
  );
}

function SetSecret({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [reference, setReference] = useState("");
  const [description, setDescription] = useState("");
  const save = useMutation({
    mutationFn: () => api.work.setSecret({ name: name.trim(), value, reference: reference.trim(), description }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: workKeys.secrets });
    },
  });
  const canSave = name.trim() !== "" && (value === "") !== (reference.trim() === "") && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a secret"
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            Keep the secret
          </Button>
        </>
      }
    >
      <Labelled label="Name" error={save.error?.message}>
        <TextInput autoFocus value={name} placeholder="GIT_TOKEN" onChange={(event) => setName(event.target.value)} />
      </Labelled>
      <Labelled label="What it is; kept sealed, and shown to nobody again">
        <TextInput type="password" autoComplete="new-password" value={value} disabled={reference !== ""} onChange={(event) => setValue(event.target.value)} />
      </Labelled>
      <Labelled label="Or where agents find it">
        <TextInput value={reference} disabled={value !== ""} placeholder="env:VARIABLE, file:/path or command:program" onChange={(event) => setReference(event.target.value)} />
      </Labelled>
      <Labelled label="Description">
        <TextInput value={description} onChange={(event) => setDescription(event.target.value)} />
      </Labelled>
    </Dialog>
  );
}
