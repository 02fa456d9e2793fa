import { useMemo } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import { useNotes } from "../../components/Toasts";
import type { Run } from "../../api/model";
import { plural } from "../../lib/format";
import { TAGS } from "../../records/tags";
import { idFilter } from "./runRequest";

const AT_ONCE = 8;
/** Runs named in one search. */
const NAMED = 200;

export interface RunActions {
  remove: (ids: string[]) => Promise<void>;
  move: (ids: string[], experimentId: string, name: string) => Promise<void>;
  tag: (ids: string[], key: string, value: string, done?: string) => Promise<void>;
  untag: (ids: string[], key: string, done: string) => Promise<void>;
  archive: (ids: string[]) => Promise<void>;
  star: (id: string, isOn: boolean) => Promise<void>;
}

/** What can be done to chosen runs. All of it can be taken back. */
export function useRunActions(experimentIds: string[]): RunActions {
  const api = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  return useMemo(() => {
    const refresh = () => invalidate(keys.runs, keys.anyRun, keys.experiments, keys.trash);
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
    const each = async <T,>(items: readonly T[], act: (item: T) => Promise<void>) => {
      for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(act));
    };
    /** The runs as they are before a change, so that taking it back leaves what others wrote. */
    const before = async (ids: string[], tags: string[] = []): Promise<Run[]> => {
      const runs: Run[] = [];
      for (let at = 0; at < ids.length; at += NAMED) {
        const filter = idFilter(ids.slice(at, at + NAMED));
        const found = await api.searchRuns({ experimentIds, filter, orderBy: [], lifecycle: "all", limit: NAMED, cursor: "", keys: { metrics: [], params: [], tags } });
        runs.push(...found.items);
      }
      return runs;
    };
    /** Gives all runs a value of a tag, null for none; taken back, each has the value it had. */
    const retag = async (ids: string[], key: string, value: string | null, done: string, failed: string) => {
      let earlier: Run[] = [];
      const set = (id: string, to: string | null | undefined) => (typeof to === "string" ? api.setTag(id, key, to) : api.deleteTag(id, key));
      await perform(
        done,
        failed,
        async () => {
          earlier = await before(ids, [key]);
          // A tag that is not there cannot be taken away.
          const changed = value === null ? earlier.filter((run) => key in run.tags).map((run) => run.id) : ids;
          await each(changed, (id) => set(id, value));
        },
        () => each(earlier.filter((run) => run.tags[key] !== (value ?? undefined)), (run) => set(run.id, run.tags[key])),
      );
    };
    return {
      remove: (ids) =>
        perform(
          `${plural(ids.length, "run")} moved to the trash`,
          `${plural(ids.length, "run")} not deleted`,
          () => api.deleteRuns(ids),
          () => api.restoreRuns(ids),
        ),
      move: async (ids, experimentId, name) => {
        let earlier: Run[] = [];
        await perform(
          `${plural(ids.length, "run")} moved to “${name}”`,
          "The runs were not moved",
          async () => {
            earlier = await before(ids);
            await api.moveRuns(ids, experimentId);
          },
          async () => {
            for (const from of new Set(earlier.map((run) => run.experimentId))) {
              await api.moveRuns(earlier.filter((run) => run.experimentId === from).map((run) => run.id), from);
            }
          },
        );
      },
      tag: (ids, key, value, done = `Tagged ${plural(ids.length, "run")}: ${key} = ${value}`) => retag(ids, key, value, done, "The runs were not tagged"),
      untag: (ids, key, done) => retag(ids, key, null, done, "The tag was not removed"),
      archive: (ids) => retag(ids, TAGS.archived, "true", `${plural(ids.length, "run")} archived`, "The runs were not archived"),
      star: async (id, isOn) => {
        try {
          await (isOn ? api.setTag(id, TAGS.star, "true") : api.deleteTag(id, TAGS.star));
        } catch (error) {
          notes.failed("The star was not changed", error);
        }
        await refresh();
      },
    };
  }, [api, invalidate, notes, experimentIds]);
}
