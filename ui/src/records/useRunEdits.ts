import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../api/context";
import type { Run } from "../api/model";
import { keys } from "../api/queries";
import { useInvalidate } from "../api/tabs";
import { useNotes } from "../components/Toasts";

/** Changes of one run that show at once and can be taken back. */
export function useRunEdits(runId: string) {
  const api = useApi();
  const client = useQueryClient();
  const invalidate = useInvalidate();
  const notes = useNotes();
  return useMemo(() => {
    const patch = (change: (run: Run) => Run) => client.setQueryData(keys.run(runId), (run: Run | undefined) => run && change(run));
    const settle = () => invalidate(keys.run(runId), keys.runs, keys.experiments, keys.trash);
    const perform = async (failed: string, change: (run: Run) => Run, act: () => Promise<void>, done?: string, undo?: () => void) => {
      // An answer on its way was given before this change.
      await client.cancelQueries({ queryKey: keys.run(runId) });
      patch(change);
      try {
        await act();
        if (done) notes.done(done, undo);
      } catch (error) {
        notes.failed(failed, error);
      }
      await settle();
    };
    const takeBack = (act: () => Promise<void>) => () =>
      void act().then(settle, (error: unknown) => notes.failed("It could not be taken back", error));
    const withTag = (key: string, value: string | null) => (run: Run) => {
      const tags = { ...run.tags };
      if (value === null) delete tags[key];
      else tags[key] = value;
      return { ...run, tags };
    };
    const setTag = (key: string, value: string, done?: string, before?: string): Promise<void> =>
      perform(
        "The tag was not set",
        withTag(key, value),
        () => api.setTag(runId, key, value),
        done,
        before === undefined ? undefined : () => void setTag(key, before),
      );
    return {
      setTag,
      deleteTag: (key: string, before: string, done?: string) =>
        perform("The tag was not removed", withTag(key, null), () => api.deleteTag(runId, key), done, () => void setTag(key, before)),
      rename: (name: string, before: string) =>
        perform("The run was not renamed", (run) => ({ ...run, name }), () => api.renameRun(runId, name), "Renamed", takeBack(() => api.renameRun(runId, before))),
      move: (experimentId: string, name: string, before: string) =>
        perform(
          "The run was not moved",
          (run) => ({ ...run, experimentId }),
          () => api.moveRuns([runId], experimentId),
          `Moved to “${name}”`,
          takeBack(() => api.moveRuns([runId], before)),
        ),
      remove: () =>
        perform("The run was not deleted", (run) => ({ ...run, isDeleted: true }), () => api.deleteRuns([runId]), "Moved to the trash", takeBack(() => api.restoreRuns([runId]))),
      restore: () => perform("The run was not restored", (run) => ({ ...run, isDeleted: false }), () => api.restoreRuns([runId]), "Restored"),
      deleteMetric: (key: string) =>
        perform(
          "The metric was not removed",
          (run) => ({ ...run, metrics: Object.fromEntries(Object.entries(run.metrics).filter(([other]) => other !== key)) }),
          () => api.deleteMetric(runId, key),
          `Metric “${key}” removed`,
        ),
      deleteParam: (key: string, before: string) =>
        perform(
          "The param was not removed",
          (run) => ({ ...run, params: Object.fromEntries(Object.entries(run.params).filter(([other]) => other !== key)) }),
          () => api.deleteParam(runId, key),
          `Param “${key}” removed`,
          takeBack(() => api.logParam(runId, key, before)),
        ),
    };
  }, [api, client, invalidate, notes, runId]);
}

export type RunEdits = ReturnType<typeof useRunEdits>;
