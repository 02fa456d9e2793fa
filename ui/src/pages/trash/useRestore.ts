import { useState } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useInvalidate } from "../../api/tabs";
import { useNotes } from "../../components/Toasts";
import { words } from "./trashRows";

/** Brings records back from the trash, and takes that back on request. */
export function useRestore(onDone: () => void) {
  const api = useApi();
  const invalidate = useInvalidate();
  const notes = useNotes();
  const [isBusy, setBusy] = useState(false);
  const refresh = () => invalidate(keys.trash, keys.runs, keys.anyRun, keys.experiments);
  const deleteAgain = async (runIds: string[], experimentIds: string[]) => {
    try {
      if (runIds.length) await api.deleteRuns(runIds);
      for (const id of experimentIds) await api.deleteExperiment(id);
    } catch (error) {
      notes.failed("It could not be taken back", error);
    }
    await refresh();
  };
  const restore = async (runIds: string[], experimentIds: string[]) => {
    setBusy(true);
    try {
      if (runIds.length) await api.restoreRuns(runIds);
      for (const id of experimentIds) await api.restoreExperiment(id);
      notes.done(`${words(runIds.length, experimentIds.length)} restored`, () => void deleteAgain(runIds, experimentIds));
      onDone();
    } catch (error) {
      notes.failed("Not everything was restored", error);
    }
    setBusy(false);
    await refresh();
  };
  return { restore, refresh, isBusy };
}
