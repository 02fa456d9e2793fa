import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { KeyRound, Pencil, Plug, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { HERE } from "../../api/here";
import type { Target } from "../../api/work/model";
import { useTargets, workKeys } from "../../api/work/queries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { cutMiddle, plural } from "../../lib/format";
import { placeIn } from "../../lib/workspaces";
import { FailureState } from "../../records/FailureState";
import { AccessDialog } from "../../records/accounts/AccessDialog";
import { useRightsHere, useRightsOf } from "../../records/accounts/useRights";
import { watchJobs } from "../../records/work/watched";
import { EditTarget } from "./EditTarget";
import { placeOf } from "./targetForms";
import styles from "./jobs.module.css";

const ADD = `runfold targets add gpu-box ssh://me@gpu-box -s key=file:~/.ssh/id_ed25519
runfold targets test gpu-box`;

/** Where jobs are executed, editable, with a test of the connection by an agent. */
export function TargetsTab() {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notes = useNotes();
  const { data: targets, error, refetch } = useTargets();
  const [edited, setEdited] = useState<Target | "new" | null>(null);
  const [doomed, setDoomed] = useState<Target | null>(null);
  const [shared, setShared] = useState<Target | null>(null);
  const hasUsers = Boolean(useAccount());
  const { to } = useRightsHere();
  const rights = useRightsOf((targets ?? []).map(({ name }) => placeIn(HERE, "target", name)));
  useShortcuts([{ keys: "n", label: "Add a target", run: () => setEdited("new"), denied: to("createTarget") }]);
  const columns = ((): GridColumn<Target>[] => {
    const of = ({ name }: Target) => rights(placeIn(HERE, "target", name));
    const test = async (target: Target) => {
      try {
        const job = await api.work.testTarget(target.name, target.queue);
        watchJobs([job]);
        await navigate({ to: "/jobs/$jobId", params: { jobId: job.id } });
      } catch (problem) {
        notes.failed("The target could not be tested", problem);
      }
    };
    return [
      {
        id: "name",
        title: "Target",
        width: 170,
        isPinned: true,
        cell: ({ name }) => (
          <Link className={styles.name} to="/jobs" search={{ target: name }} title={`Jobs on ${name}`}>
            {cutMiddle(name, 40)}
          </Link>
        ),
      },
      { id: "kind", title: "Kind", width: 100, cell: ({ kind }) => kind },
      { id: "place", title: "Place", width: 240, cell: (target) => <code title={placeOf(target)}>{placeOf(target)}</code> },
      {
        id: "do",
        title: "Do",
        width: hasUsers ? 136 : 108,
        cell: (target) => (
          <span className={styles.buttons}>
            <IconButton small denied={of(target).to("submitJobs")} label={`Test the connection to ${target.name}`} onClick={() => void test(target)}>
              <Plug size={13} />
            </IconButton>
            <IconButton small denied={of(target).to("changeTarget")} label={`Change ${target.name}`} onClick={() => setEdited(target)}>
              <Pencil size={13} />
            </IconButton>
            {hasUsers && (
              <IconButton small label={`Access to ${target.name}`} onClick={() => setShared(target)}>
                <KeyRound size={13} />
              </IconButton>
            )}
            <IconButton small denied={of(target).to("deleteTarget")} label={`Remove ${target.name}`} onClick={() => setDoomed(target)}>
              <Trash2 size={13} />
            </IconButton>
          </span>
        ),
      },
      { id: "labels", title: "Labels", width: 150, cell: ({ labels }) => labels.join(", ") },
      { id: "gpus", title: "GPUs", width: 70, isNumber: true, cell: ({ nGpus }) => nGpus || "" },
      { id: "queue", title: "Queue", width: 100, cell: ({ queue }) => queue },
      { id: "about", title: "Description", width: 260, cell: ({ description }) => <span title={description}>{description}</span> },
      { id: "changed", title: "Changed", width: 110, cell: ({ updatedMs }) => <Ago ms={updatedMs} /> },
    ];
  })();
  const remove = async (target: Target) => {
    setDoomed(null);
    try {
      await api.work.deleteTarget(target.name);
      notes.done(`Target “${target.name}” is removed`);
    } catch (problem) {
      notes.failed("The target could not be removed", problem);
    }
    await client.invalidateQueries({ queryKey: workKeys.targets });
  };
  if (error && !targets) return <FailureState what="The targets could not be loaded" error={error} retry={() => void refetch()} />;
  const add = (
    <Button denied={to("createTarget")} onClick={() => setEdited("new")}>
      <Plus size={14} />
      Add a target
    </Button>
  );
  return (
    <>
      {targets && !targets.length ? (
        <EmptyState title="No target is known" text="Jobs run on the machine of the agent that takes them. A target is another place: a host by SSH, a cluster of Slurm, Kubernetes or Ray." code={ADD}>
          {add}
        </EmptyState>
      ) : (
        <>
          <ListLine count={targets && plural(targets.length, "target")}>{add}</ListLine>
          <Grid label="Targets" rows={targets ?? []} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
        </>
      )}
      {edited && <EditTarget before={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      {shared && <AccessDialog place={placeIn(HERE, "target", shared.name)} title={shared.name} onClose={() => setShared(null)} />}
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title="Remove this target?"
        foot={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button look="danger" onClick={() => doomed && void remove(doomed)}>
              Remove the target
            </Button>
          </>
        }
      >
        <p>
          Jobs that wait for <b>{doomed?.name}</b> fail when an agent takes them. Those under way go on.
        </p>
      </Dialog>
    </>
  );
}
