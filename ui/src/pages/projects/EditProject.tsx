import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context";
import { useExperiments } from "../../api/queries";
import type { ProjectSettings } from "../../api/work/model";
import { useTargets, workKeys } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, Select, TextArea, TextInput } from "../../components/Field";
import { useReading } from "./useReading";
import styles from "./projects.module.css";

const NEW: ProjectSettings = { name: "", uri: "", version: "", folder: "", description: "", credential: "", targets: [], queue: "default", experimentId: "0" };

/** Registers a project, or changes what is said of one; an agent then reads its code. */
export function EditProject({ before, onClose }: { before?: ProjectSettings; onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const read = useReading();
  const [settings, setSettings] = useState(before ?? NEW);
  const set = (patch: Partial<ProjectSettings>) => setSettings({ ...settings, ...patch });
  const name = settings.name.trim() || before?.name || nameOf(settings);
  const experiments = useExperiments("active").data ?? [];
  const targets = useTargets().data ?? [];
  const save = useMutation({
    mutationFn: async () => {
      const wanted = { ...settings, name, uri: settings.uri.trim(), folder: settings.folder.trim(), version: settings.version.trim(), credential: settings.credential.trim() };
      if (!before) return api.work.createProject(wanted);
      // The name first: a name that is taken leaves everything as it was.
      if (name !== before.name) await api.work.renameProject(before.name, name);
      return api.work.updateProject(wanted);
    },
    onSuccess: async (project) => {
      onClose();
      client.setQueryData(workKeys.project(project.settings.name), project);
      void client.invalidateQueries({ queryKey: workKeys.projects });
      if (project.readMs === null) await read(project.settings);
      if (name !== before?.name) await navigate({ to: "/projects/$name", params: { name: project.settings.name }, replace: before !== undefined });
    },
  });
  const canSave = name !== "" && settings.uri.trim() !== "" && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title={before ? "Change the project" : "Register a project"}
      width={560}
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            {before ? "Save the project" : "Register the project"}
          </Button>
        </>
      }
    >
      <Labelled label="Where its code is: a repository, archive or folder that agents reach" error={save.error?.message}>
        <TextInput autoFocus value={settings.uri} placeholder="https://host/team/models.git" onChange={(event) => set({ uri: event.target.value })} />
      </Labelled>
      <div className={styles.two}>
        <Labelled label="Folder inside">
          <TextInput value={settings.folder} placeholder="the whole" onChange={(event) => set({ folder: event.target.value })} />
        </Labelled>
        <Labelled label="Branch, tag or commit">
          <TextInput value={settings.version} placeholder="the default branch" onChange={(event) => set({ version: event.target.value })} />
        </Labelled>
        <Labelled label="Name">
          <TextInput value={settings.name} placeholder={name || "wine quality"} onChange={(event) => set({ name: event.target.value })} />
        </Labelled>
        <Labelled label="Experiment of its runs">
          <Select value={settings.experimentId} onChange={(event) => set({ experimentId: event.target.value })}>
            {experiments.map((experiment) => (
              <option key={experiment.id} value={experiment.id}>
                {experiment.name}
              </option>
            ))}
          </Select>
        </Labelled>
        <Labelled label="Queue of its jobs">
          <TextInput value={settings.queue} onChange={(event) => set({ queue: event.target.value })} />
        </Labelled>
        <Labelled label="Credential, by where agents find it">
          <TextInput value={settings.credential} placeholder="secret:NAME or env:GIT_TOKEN" onChange={(event) => set({ credential: event.target.value })} />
        </Labelled>
      </div>
      <Labelled label="Description">
        <TextArea rows={3} value={settings.description} placeholder="What it trains, and what for" onChange={(event) => set({ description: event.target.value })} />
      </Labelled>
      {targets.length > 0 && (
        <fieldset className={styles.targets}>
          <legend>Targets that its jobs may go to; none chosen: all</legend>
          {targets.map((target) => (
            <label key={target.name}>
              <input
                type="checkbox"
                checked={settings.targets.includes(target.name)}
                onChange={(event) => set({ targets: event.target.checked ? [...settings.targets, target.name] : settings.targets.filter((one) => one !== target.name) })}
              />
              {target.name}
            </label>
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}

/** As the last part of the address has it. */
function nameOf({ uri, folder }: ProjectSettings): string {
  return (folder || uri).trim().replace(/\/+$/, "").split(/[/:]/).at(-1)?.replace(/\.(git|zip|tar\.gz)$/, "") ?? "";
}
