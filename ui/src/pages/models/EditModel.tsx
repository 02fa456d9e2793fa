import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context";
import { modelKeys } from "../../api/registry/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextArea, TextInput } from "../../components/Field";

const MAX_NAME = 256;

/** Makes a model, or gives one another name. */
export function EditModel({ name: before, onClose }: { name?: string; onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(before ?? "");
  const [description, setDescription] = useState("");
  const wanted = name.trim();
  const save = useMutation({
    mutationFn: () => (before === undefined ? api.registry.createModel(wanted, description) : api.registry.renameModel(before, wanted)),
    onSuccess: async () => {
      onClose();
      await navigate({ to: "/models/$name", params: { name: wanted } });
      await client.invalidateQueries({ queryKey: modelKeys.all });
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={before === undefined ? "New model" : "Rename the model"}
      onSubmit={() => wanted && wanted !== before && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!wanted || wanted === before || save.isPending}>
            {before === undefined ? "Create model" : "Rename model"}
          </Button>
        </>
      }
    >
      <Labelled label="Name" error={save.error?.message}>
        <TextInput autoFocus maxLength={MAX_NAME} value={name} onChange={(event) => setName(event.target.value)} placeholder="churn" />
      </Labelled>
      {before === undefined ? (
        <Labelled label="Description, in Markdown">
          <TextArea rows={5} value={description} onChange={(event) => setDescription(event.target.value)} placeholder="What it predicts, for whom, and who is asked when it is wrong" />
        </Labelled>
      ) : (
        <p>Versions, aliases and their history go along. Code that names models:/{before.slice(0, 60)} has to name the new one.</p>
      )}
    </Dialog>
  );
}
