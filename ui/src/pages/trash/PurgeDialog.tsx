import { useMutation, useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/context";
import type { PurgeWhat } from "../../api/model";
import { keys } from "../../api/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Bone } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import { bytes, count } from "../../lib/format";
import { words } from "./trashRows";
import styles from "./TrashPage.module.css";

/** Shows what would go, measured by the server, before it goes. */
export function PurgeDialog({ what, onClose, onDone }: { what: PurgeWhat; onClose: () => void; onDone: () => void }) {
  const api = useApi();
  const notes = useNotes();
  const trial = useQuery({ queryKey: [...keys.trash, "trial", what], queryFn: () => api.purge({ ...what, dryRun: true }), gcTime: 0 });
  const purge = useMutation({
    mutationFn: () => api.purge({ ...what, dryRun: false }),
    onSuccess: (report) => {
      notes.done(`${words(report.nRuns, report.nExperiments)} removed for ever; ${bytes(report.nBytes)} of files freed`);
      onDone();
      onClose();
    },
    onError: (error) => notes.failed("Nothing was removed", error),
  });
  const report = trial.data;
  const isNothing = report !== undefined && report.nRuns + report.nExperiments === 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Remove for ever?"
      foot={
        <>
          <Button onClick={onClose}>Keep them</Button>
          <Button look="danger" disabled={!report || isNothing || trial.isFetching || purge.isPending} onClick={() => purge.mutate()}>
            {purge.isPending ? "Removing…" : report ? `Remove ${words(report.nRuns, report.nExperiments)} for ever` : "Remove for ever"}
          </Button>
        </>
      }
    >
      {isNothing ? <p>Nothing in the trash is that old. Everything stays.</p> : <p>This cannot be undone. The server counted what goes:</p>}
      {trial.error && <p className={styles.warning}>{trial.error.message}</p>}
      <dl className={styles.facts}>
        {(
          [
            ["Experiments", report && count(report.nExperiments)],
            ["Runs", report && count(report.nRuns)],
            ["Points of metrics", report && count(report.nPoints)],
            ["Files", report && count(report.nFiles)],
            ["Space of the files", report && bytes(report.nBytes)],
          ] as const
        ).map(([word, value]) => (
          <div key={word} style={{ display: "contents" }}>
            <dt>{word}</dt>
            <dd>{value ?? <Bone width={60} />}</dd>
          </div>
        ))}
      </dl>
      {report && report.unreachable.length > 0 && (
        <div>
          <p>These folders are not kept by the server; their files stay where they are:</p>
          <ul className={styles.unreachable}>
            {report.unreachable.map((folder) => (
              <li key={folder}>
                <code>{folder}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}
