import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/context";
import { HERE, HOME } from "../../api/here";
import { useInvalidate } from "../../api/tabs";
import { workspacesKey } from "../../api/workspaces/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { useNotes } from "../../components/Toasts";
import look from "../../records/accounts/accounts.module.css";

/** Deletes a workspace that holds nothing, and says of another what is in the way. */
export function RemoveWorkspace({ name, onClose }: { name: string; onClose: () => void }) {
  const { workspaces } = useApi();
  const invalidate = useInvalidate();
  const navigate = useNavigate();
  const notes = useNotes();
  const remove = useMutation({
    mutationFn: () => workspaces.remove(name),
    onSuccess: async () => {
      if (name === HERE) {
        // Nothing of this page is there any more.
        window.location.assign(`${HOME}workspaces`);
        return;
      }
      onClose();
      notes.done(`The workspace ${name} is deleted`);
      await navigate({ to: "/workspaces" });
      await invalidate(workspacesKey);
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Delete the workspace ${name}?`}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Delete the workspace
          </Button>
        </>
      }
    >
      <p>Only an empty one can be deleted. What was granted on it goes with it, and cannot be brought back.</p>
      {remove.error && (
        <p role="alert" className={look.bad}>
          {remove.error.message}
        </p>
      )}
    </Dialog>
  );
}
