import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import type { Experiment } from "../../api/model";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { type ExperimentNode, totals } from "./experimentRows";
import type { Move } from "./moves";

export interface ExperimentActions {
  open: (node: ExperimentNode) => void;
  /** To the trash, with their runs. */
  remove: (experiments: readonly Experiment[]) => void;
  /** All of them, or none where one fails. */
  move: (moves: readonly Move[]) => void;
}

/** What can be done to experiments. All of it can be taken back. */
export function useExperimentActions(): ExperimentActions {
  const api = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  const navigate = useNavigate();

  /** Does something to each in turn; what was done is taken back where a later one fails. */
  const each = async <T,>(items: readonly T[], act: (item: T) => Promise<void>, undo: (item: T) => Promise<void>) => {
    const done: T[] = [];
    try {
      for (const item of items) {
        await act(item);
        done.unshift(item);
      }
    } catch (error) {
      for (const item of done) await undo(item);
      throw error;
    }
  };
  const perform = async (failed: string, act: () => Promise<void>, done?: string, undo?: () => Promise<void>) => {
    try {
      await act();
      if (done) notes.done(done, undo && (() => void perform("It could not be taken back", undo)));
    } catch (error) {
      notes.failed(failed, error);
    }
    await invalidate(keys.experiments, keys.runs, keys.anyRun, keys.trash);
  };

  const remove = (experiments: readonly Experiment[]) => {
    const what = named(experiments.map(({ name }) => name));
    const [trash, restore] = [({ id }: Experiment) => api.deleteExperiment(id), ({ id }: Experiment) => api.restoreExperiment(id)];
    return perform(`${what} not deleted`, () => each(experiments, trash, restore), `${what} moved to the trash`, () => each(experiments, restore, trash));
  };
  const move = (moves: readonly Move[]) => {
    const [forth, back] = [({ id, to }: Move) => api.renameExperiment(id, to), ({ id, from }: Move) => api.renameExperiment(id, from)];
    const [only] = moves;
    const done = only && moves.length === 1 ? `Moved to “${only.to}”` : `${plural(moves.length, "experiment")} moved`;
    return perform("Nothing was moved", () => each(moves, forth, back), done, () => each(moves.toReversed(), back, forth));
  };
  return {
    open: (node) => void navigate({ to: "/experiments/$ids", params: { ids: totals(node).ids.join(",") } }),
    remove: (experiments) => void remove(experiments),
    move: (moves) => void move(moves),
  };
}

function named(names: readonly string[]): string {
  return names.length === 1 ? `“${names[0]}”` : plural(names.length, "experiment");
}
