import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { ApiError } from "../api/client";
import { useApi } from "../api/context";
import { modelKeys } from "../api/registry/queries";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Labelled, TextArea, TextInput } from "../components/Field";
import { quoteValue } from "../lib/filter/complete";
import { cutMiddle } from "../lib/format";

const SHOWN = 20;
const MAX_NAME = 256;

interface Props {
  source: string;
  runId: string;
  modelId: string;
  /** The version that the source is, when it is one: what is said of it goes along. */
  copied?: { version: number; description: string; tags: Record<string, string> };
  onClose: () => void;
}

/** Makes a model that was logged, or another version, a version of a registered model or of a new one. */
export function RegisterModel({ source, runId, modelId, copied, onClose }: Props) {
  const { registry } = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [description, setDescription] = useState(copied?.description ?? "");
  const name = text.trim();
  const asked = useDeferredValue(name);
  const known = useQuery({
    queryKey: [...modelKeys.list, "names", asked],
    queryFn: ({ signal }) =>
      registry.searchModels({ filter: asked ? `name ILIKE ${quoteValue(`%${asked}%`)}` : "", orderBy: ["last_updated_timestamp DESC"], limit: SHOWN, cursor: "" }, signal),
  });
  const names = known.data?.items.map((model) => model.name) ?? [];
  const isKnown = names.includes(name);
  const register = useMutation({
    mutationFn: async () => {
      if (!isKnown) {
        await registry.createModel(name, "").catch((error: unknown) => {
          // Somebody else was faster, or the list was old: then the version goes there.
          if (!(error instanceof ApiError && error.code === "RESOURCE_ALREADY_EXISTS")) throw error;
        });
      }
      return registry.createVersion({ name, source, runId, modelId, description, tags: copied?.tags ?? {} });
    },
    onSuccess: async ({ version }) => {
      onClose();
      await navigate({ to: "/models/$name/$version", params: { name, version: String(version) } });
      await client.invalidateQueries({ queryKey: modelKeys.all });
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={copied ? `Copy version ${copied.version} under another name` : "Register the model"}
      onSubmit={() => name && register.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!name || register.isPending}>
            {register.isPending ? "Registering" : copied ? "Copy version" : isKnown || !name ? "Register a version" : "Create and register"}
          </Button>
        </>
      }
    >
      <Labelled label="Registered model" error={register.error?.message}>
        <TextInput autoFocus list="registered-models" maxLength={MAX_NAME} value={text} onChange={(event) => setText(event.target.value)} placeholder="churn" />
      </Labelled>
      <datalist id="registered-models">
        {names.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <Labelled label="What is new in this version">
        <TextArea rows={3} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Labelled>
      <p role="status">
        {name && !isKnown && !known.isFetching ? "No model has this name yet; it is created with this as its first version. " : ""}
        The files stay where they are: <code title={source}>{cutMiddle(source, 60)}</code>
      </p>
    </Dialog>
  );
}
