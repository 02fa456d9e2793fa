import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { TAGS } from "../../records/tags";

const AT_ONCE = 8;

export interface RunActions {
  remove: (ids: string[]) => Promise<void>;
  move: (ids: string[], experimentId: string, name: string) => Promise<void>;
  tag: (ids: string[], key: string, value: string, done?: string) => Promise<void>;
  archive: (ids: string[]) => Promise<void>;
  star: (id: string, isOn: boolean) => Promise<void>;
}

/** What can be done to chosen runs. All of it can be taken back. */
export function useRunActions(): RunActions {
  const api = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  return useMemo(() => {
    const refresh = async () => {
      await Promise.all([keys.runs, keys.experiments, ["run"]].map((queryKey) => client.invalidateQueries({ queryKey })));
    };
    /** Does it, says so, and refreshes; a failure is told and nothing else changes. */
    const perform = async (what: string, failed: string, act: () => Promise<void>, undo?: () => Promise<void>) => {
      try {
        await act();
        notes.done(what, undo && (() => void perform("Taken back", "It could not be taken back", undo)));
      } catch (error) {
        notes.failed(failed, error);
      }
      await refresh();
    };
    const each = async (ids: string[], act: (id: string) => Promise<void>) => {
      for (let at = 0; at < ids.length; at += AT_ONCE) await Promise.all(ids.slice(at, at + AT_ONCE).map(act));
    };
    return {
      remove: (ids) =>
        perform(
          `${plural(ids.length, "run")} moved to the trash`,
          `${plural(ids.length, "run")} not deleted`,
          () => api.deleteRuns(ids),
          () => api.restoreRuns(ids),
        ),
      move: (ids, experimentId, name) =>
        perform(`${plural(ids.length, "run")} moved to “${name}”`, "The runs were not moved", () => api.moveRuns(ids, experimentId)),
      tag: (ids, key, value, done = `Tagged ${plural(ids.length, "run")}: ${key} = ${value}`) =>
        perform(
          done,
          "The runs were not tagged",
          () => each(ids, (id) => api.setTag(id, key, value)),
          () => each(ids, (id) => api.deleteTag(id, key)),
        ),
      archive: (ids) =>
        perform(
          `${plural(ids.length, "run")} archived`,
          "The runs were not archived",
          () => each(ids, (id) => api.setTag(id, TAGS.archived, "true")),
          () => each(ids, (id) => api.deleteTag(id, TAGS.archived)),
        ),
      star: async (id, isOn) => {
        try {
          await (isOn ? api.setTag(id, TAGS.star, "true") : api.deleteTag(id, TAGS.star));
        } catch (error) {
          notes.failed("The star was not changed", error);
        }
        await refresh();
      },
    };
  }, [api, client, notes]);
}
