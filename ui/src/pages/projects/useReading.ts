import { useCallback } from "react";
import { useApi } from "../../api/context";
import { NEW_WORK, type ProjectSettings } from "../../api/work/model";
import { useNotes } from "../../components/Toasts";

/** Has an agent read a project's code; the server itself fetches none. */
export function useReading(): (settings: ProjectSettings) => Promise<void> {
  const api = useApi();
  const notes = useNotes();
  return useCallback(
    async ({ name, uri, folder, version, credential, queue }) => {
      try {
        await api.work.submitJobs([{ ...NEW_WORK, kind: "read-project", project: name, uri: folder ? `${uri}#${folder}` : uri, version, credential, queue }]);
        notes.done("An agent is asked to read the code");
      } catch (error) {
        notes.failed("Nobody could be asked to read the code", error);
      }
    },
    [api, notes],
  );
}
