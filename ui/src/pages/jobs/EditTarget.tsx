import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import { TARGET_KINDS, type Target, type TargetKind } from "../../api/work/model";
import { workKeys } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, Select, TextInput } from "../../components/Field";
import { FIELDS, LOGIN, type TargetField, type Texts, settingsOf, textsOf } from "./targetForms";
import styles from "./jobs.module.css";

const WORDS: Record<TargetKind, string> = { local: "The agent's machine", ssh: "Host by SSH", slurm: "Slurm", kubernetes: "Kubernetes", ray: "Ray" };

/** Adds a target or changes one; what it needs depends on its kind. */
export function EditTarget({ before, onClose }: { before: Target | null; onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState(before?.name ?? "");
  const [kind, setKind] = useState<TargetKind>(before?.kind ?? "ssh");
  const [common, setCommon] = useState({
    description: before?.description ?? "",
    labels: before?.labels.join(" ") ?? "",
    nGpus: String(before?.nGpus || ""),
    memoryGib: String(before?.memoryGib || ""),
    queue: before?.queue ?? "",
    trackingUri: before?.trackingUri ?? "",
  });
  const known = before?.settings ?? {};
  const knownLogin = (known.login ?? {}) as Record<string, unknown>;
  const [texts, setTexts] = useState<Texts>(textsOf(known, FIELDS[kind]));
  const [login, setLogin] = useState<Texts>(textsOf(knownLogin, LOGIN));
  const fields = FIELDS[kind];
  const save = useMutation({
    mutationFn: () => {
      const settings = settingsOf(texts, fields, before?.kind === kind ? known : {});
      if (kind === "slurm") {
        if (login.host?.trim()) settings.login = settingsOf(login, LOGIN, knownLogin);
        else delete settings.login;
      }
      const target: Target = {
        name: name.trim(),
        kind,
        description: common.description,
        labels: common.labels.split(/\s+/).filter(Boolean),
        nGpus: Number(common.nGpus) || 0,
        memoryGib: Number(common.memoryGib) || 0,
        queue: common.queue.trim(),
        trackingUri: common.trackingUri.trim(),
        settings,
        updatedMs: 0,
      };
      return api.work.saveTarget(target, before === null);
    },
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: workKeys.targets });
    },
  });
  const canSave = name.trim() !== "" && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title={before ? `Change ${before.name}` : "Add a target"}
      width={600}
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            {before ? "Save the target" : "Add the target"}
          </Button>
        </>
      }
    >
      <div className={styles.two}>
        {!before && (
          <Labelled label="Name">
            <TextInput autoFocus value={name} placeholder="gpu-box" onChange={(event) => setName(event.target.value)} />
          </Labelled>
        )}
        <Labelled label="Kind">
          <Select value={kind} onChange={(event) => setKind(event.target.value as TargetKind)}>
            {TARGET_KINDS.map((one) => (
              <option key={one} value={one}>
                {WORDS[one]}
              </option>
            ))}
          </Select>
        </Labelled>
        <Fields fields={fields} texts={texts} onChange={setTexts} />
      </div>
      {kind === "slurm" && (
        <fieldset className={styles.group}>
          <legend>Login host; without one, the agent's machine has Slurm's commands</legend>
          <div className={styles.two}>
            <Fields fields={LOGIN} texts={login} onChange={setLogin} />
          </div>
        </fieldset>
      )}
      <fieldset className={styles.group}>
        <legend>For projects and people</legend>
        <div className={styles.two}>
          <Fields fields={COMMON} texts={common} onChange={(next) => setCommon({ ...common, ...next })} />
        </div>
      </fieldset>
      {save.error && (
        <p role="alert" className={styles.bad}>
          {save.error.message}
        </p>
      )}
    </Dialog>
  );
}

const COMMON: TargetField[] = [
  { key: "description", label: "Description", hint: "" },
  { key: "labels", label: "Labels that it has", hint: "gpu eu-west" },
  { key: "nGpus", label: "GPUs that a job can get", hint: "not said", isNumber: true },
  { key: "memoryGib", label: "Memory that a job can get, GiB", hint: "not said", isNumber: true },
  { key: "queue", label: "Queue of agents that reach it", hint: "default" },
  { key: "trackingUri", label: "This server's address from there", hint: "as the agent knows it" },
];

function Fields({ fields, texts, onChange }: { fields: readonly TargetField[]; texts: Texts; onChange: (next: Texts) => void }) {
  return fields.map(({ key, label, hint, isNumber }) => (
    <Labelled key={key} label={label}>
      <TextInput inputMode={isNumber ? "numeric" : undefined} value={texts[key] ?? ""} placeholder={hint} onChange={(event) => onChange({ ...texts, [key]: event.target.value })} />
    </Labelled>
  ));
}
