import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import type { Experiment } from "../../api/model";
import { useNotes } from "../../components/Toasts";
import { type ExperimentNode, totals } from "./experimentRows";

export interface ExperimentActions {
  open: (node: ExperimentNode) => void;
  remove: (experiment: Experiment) => void;
}

export function useExperimentActions(): ExperimentActions {
  const api = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  const navigate = useNavigate();
  const refresh = () => invalidate(keys.experiments, keys.trash);

  const restore = async (experiment: Experiment) => {
    try {
      await api.restoreExperiment(experiment.id);
      await refresh();
    } catch (error) {
      notes.failed(`“${experiment.name}” was not restored`, error);
    }
  };
  const remove = async (experiment: Experiment) => {
    try {
      await api.deleteExperiment(experiment.id);
      notes.done(`“${experiment.name}” moved to the trash`, () => void restore(experiment));
      await refresh();
    } catch (error) {
      notes.failed(`“${experiment.name}” was not deleted`, error);
    }
  };
  return {
    open: (node) => void navigate({ to: "/experiments/$ids", params: { ids: totals(node).ids.join(",") } }),
    remove: (experiment) => void remove(experiment),
  };
}
