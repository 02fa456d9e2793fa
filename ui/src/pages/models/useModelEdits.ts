import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../../api/context";
import type { CardTexts, Stage } from "../../api/registry/model";
import { modelKeys } from "../../api/registry/queries";
import { useNotes } from "../../components/Toasts";

/** Changes of a model and its versions; what can be taken back offers that. */
export function useModelEdits(name: string) {
  const { registry } = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  return useMemo(() => {
    const settle = () => client.invalidateQueries({ queryKey: modelKeys.all });
    const perform = async (failed: string, act: () => Promise<unknown>, done?: string, back?: () => Promise<unknown>): Promise<boolean> => {
      try {
        await act();
      } catch (error) {
        notes.failed(failed, error);
        await settle();
        return false;
      }
      if (done) notes.done(done, back && (() => void perform("It could not be taken back", back)));
      await settle();
      return true;
    };
    const pointTo = (alias: string, version: number | undefined, reason: string) =>
      version === undefined ? registry.deleteAlias(name, alias, reason) : registry.setAlias(name, alias, version, reason);
    return {
      /** @param version of a version's text; undefined: the model's. */
      describe: (text: string, before: string, version?: number) => {
        const write = (words: string) => (version === undefined ? registry.describeModel(name, words) : registry.describeVersion(name, version, words));
        return perform("The description was not saved", () => write(text), "Description saved", () => write(before));
      },
      setTag: (key: string, value: string, before: string | undefined, version?: number) => {
        const set = (text: string) => (version === undefined ? registry.setModelTag(name, key, text) : registry.setVersionTag(name, version, key, text));
        return perform("The tag was not set", () => set(value), before === undefined ? undefined : `Tag “${key}” changed`, before === undefined ? undefined : () => set(before));
      },
      deleteTag: (key: string, before: string, version?: number) =>
        perform(
          "The tag was not removed",
          () => (version === undefined ? registry.deleteModelTag(name, key) : registry.deleteVersionTag(name, version, key)),
          `Tag “${key}” removed`,
          () => (version === undefined ? registry.setModelTag(name, key, before) : registry.setVersionTag(name, version, key, before)),
        ),
      editCard: (version: number, texts: Partial<CardTexts>, before: Partial<CardTexts>) =>
        perform("The change was not saved", () => registry.editCard(name, version, texts), "Saved", () => registry.editCard(name, version, before)),
      setStage: (version: number, stage: Stage, before: Stage) =>
        perform("The stage was not changed", () => registry.setStage(name, version, stage, false), `Version ${version} is in ${stage}`, () => registry.setStage(name, version, before, false)),
      /** @param before where the alias points now; undefined: it is new. */
      moveAlias: (alias: string, version: number, before: number | undefined, reason: string) =>
        perform(`“${alias}” was not moved`, () => registry.setAlias(name, alias, version, reason), `“${alias}” is version ${version} now`, () => pointTo(alias, before, "taken back")),
      /** Says that an alias has moved, and offers the way back. */
      noteMove: (alias: string, version: number, before: number | undefined) =>
        notes.done(`“${alias}” is version ${version} now`, () => void perform("It could not be taken back", () => pointTo(alias, before, "taken back"))),
      deleteAlias: (alias: string, before: number) =>
        perform(`“${alias}” was not removed`, () => registry.deleteAlias(name, alias, ""), `“${alias}” removed`, () => registry.setAlias(name, alias, before, "taken back")),
      deleteVersion: (version: number) => perform(`Version ${version} was not deleted`, () => registry.deleteVersion(name, version), `Version ${version} deleted`),
      deleteModel: () => perform("The model was not deleted", () => registry.deleteModel(name), `“${name}” deleted`),
      settle,
    };
  }, [registry, client, notes, name]);
}

export type ModelEdits = ReturnType<typeof useModelEdits>;
