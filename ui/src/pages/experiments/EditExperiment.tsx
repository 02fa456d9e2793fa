import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import type { Experiment } from "../../api/model";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextArea, TextInput } from "../../components/Field";
import { useRights } from "../../records/accounts/useRights";

const MAX_NAME = 500;

/** Makes an experiment, or changes the words of one. */
export function EditExperiment({ experiment, folder = "", onClose }: { experiment: Experiment | null; folder?: string; onClose: () => void }) {
  const api = useApi();
  const invalidate = useInvalidate();
  const [name, setName] = useState(experiment?.name ?? (folder && `${folder}/`));
  const [description, setDescription] = useState(experiment?.description ?? "");
  const { to } = useRights(experiment ? `experiment:${experiment.id}` : "");
  const unmoved = experiment && to("renameExperiment");
  const save = useMutation({
    mutationFn: async () => {
      if (!experiment) {
        await api.createExperiment(name.trim(), description);
        return;
      }
      if (name.trim() !== experiment.name) await api.renameExperiment(experiment.id, name.trim());
      if (description !== experiment.description) await api.describeExperiment(experiment.id, description);
    },
    onSuccess: async () => {
      onClose();
      await invalidate(keys.experiments);
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={experiment ? "Edit experiment" : "New experiment"}
      onSubmit={() => name.trim() && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!name.trim() || save.isPending}>
            {experiment ? "Save changes" : "Create experiment"}
          </Button>
        </>
      }
    >
      <Labelled label="Name; slashes make folders" error={save.error?.message}>
        <TextInput autoFocus={!unmoved} readOnly={Boolean(unmoved)} title={unmoved?.text} maxLength={MAX_NAME} value={name} onChange={(event) => setName(event.target.value)} placeholder="team/project/idea" />
      </Labelled>
      <Labelled label="Description, in Markdown">
        <TextArea autoFocus={Boolean(unmoved)} rows={5} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Labelled>
    </Dialog>
  );
}
