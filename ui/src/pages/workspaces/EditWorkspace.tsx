import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { useInvalidate } from "../../api/tabs";
import type { Workspace } from "../../api/workspaces/client";
import { workspacesKey } from "../../api/workspaces/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextArea, TextInput } from "../../components/Field";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import look from "../../records/accounts/accounts.module.css";

const MAX_NAME = 63;
const MAX_DESCRIPTION = 5000;

/** Makes a workspace, and leads to its members; or changes what one says of itself. */
export function EditWorkspace({ before, mayPlace, onClose }: { before: Workspace | null; /** Where files go is for administrators to say. */ mayPlace: boolean; onClose: () => void }) {
  const { workspaces } = useApi();
  const account = useAccount();
  const queries = useQueryClient();
  const invalidate = useInvalidate();
  const navigate = useNavigate();
  const [name, setName] = useState(before?.name ?? "");
  const [description, setDescription] = useState(before?.description ?? "");
  const [filesUri, setFilesUri] = useState(before?.filesUri ?? "");
  const asksFiles = mayPlace && before?.name !== DEFAULT_WORKSPACE;
  const save = useMutation({
    mutationFn: () =>
      before ? workspaces.update(before.name, { description, ...(asksFiles && filesUri !== before.filesUri ? { filesUri } : {}) }) : workspaces.create({ name: name.trim(), description, filesUri: filesUri.trim() }),
    onSuccess: async () => {
      onClose();
      await queries.cancelQueries({ queryKey: workspacesKey });
      await invalidate(workspacesKey);
      if (!before) await navigate({ to: "/workspaces/$name", params: { name: name.trim() } });
    },
  });
  const canSave = name.trim() !== "" && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title={before ? `Change ${before.name}` : "Make a workspace"}
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            {before ? "Save the workspace" : "Make the workspace"}
          </Button>
        </>
      }
    >
      {!before && (
        <Labelled label="Name: small letters, digits and hyphens. It cannot be changed" error={save.error?.message}>
          <TextInput autoFocus maxLength={MAX_NAME} value={name} onChange={(event) => setName(event.target.value)} />
        </Labelled>
      )}
      <Labelled label="Description" error={before ? save.error?.message : undefined}>
        <TextArea maxLength={MAX_DESCRIPTION} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Labelled>
      {asksFiles && (
        <Labelled label="Where files of its new experiments go (a URI)">
          <TextInput placeholder="where the server keeps them" value={filesUri} onChange={(event) => setFilesUri(event.target.value)} />
        </Labelled>
      )}
      {!before && account && <p className={look.soft}>It is closed to everyone but administrators, also to who has a role on everything. You add its members next.</p>}
    </Dialog>
  );
}
