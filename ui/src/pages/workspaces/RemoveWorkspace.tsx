import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context";
import { HERE, HOME } from "../../api/here";
import { useInvalidate } from "../../api/tabs";
import type { Removal, RemovalMode } from "../../api/workspaces/client";
import { trashedWorkspacesKey, useWorkspaces, workspacesKey } from "../../api/workspaces/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Select } from "../../components/Field";
import { Bone, Bones } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { excessText, isEmpty } from "./contents";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import look from "../../records/accounts/accounts.module.css";
import { ContentsList } from "./ContentsList";
import styles from "./workspaces.module.css";

/** Deletes a workspace: what it holds is shown, and goes to another one or to the trash. */
export function RemoveWorkspace({ name, onClose }: { name: string; onClose: () => void }) {
  const { workspaces } = useApi();
  const invalidate = useInvalidate();
  const navigate = useNavigate();
  const notes = useNotes();
  const [mode, setMode] = useState<RemovalMode>("trash");
  const [to, setTo] = useState(DEFAULT_WORKSPACE);
  const held = useQuery({ queryKey: [...workspacesKey, "removal", name, mode, to], queryFn: () => workspaces.planRemoval(name, mode, to), gcTime: 0, placeholderData: (before: Removal | undefined) => before });
  const isBare = held.data !== undefined && isEmpty(held.data.contents);
  const remove = useMutation({
    mutationFn: () => workspaces.remove(name, isBare ? "restrict" : mode, to),
    onSuccess: async () => {
      if (name === HERE) {
        // Nothing of this page is there any more.
        window.location.assign(`${HOME}workspaces`);
        return;
      }
      onClose();
      notes.done(isBare ? `The workspace ${name} is deleted` : mode === "move" ? `The workspace ${name} is deleted; what it held lies in ${to}` : `The workspace ${name} is in the trash`);
      await navigate({ to: "/workspaces" });
      await invalidate(workspacesKey);
      await invalidate(trashedWorkspacesKey);
    },
  });
  const isInTheWay = mode === "move" && !isBare && ((held.data?.nClashes ?? 0) > 0 || (held.data?.excesses.length ?? 0) > 0);
  const problem = remove.error ?? held.error;
  return (
    <Dialog
      open
      width={520}
      onClose={onClose}
      title={`Delete the workspace ${name}?`}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" disabled={!held.data || held.isFetching || isInTheWay || remove.isPending} onClick={() => remove.mutate()}>
            {isBare ? "Delete the workspace" : mode === "move" ? `Move everything to ${to}` : "Send it to the trash"}
          </Button>
        </>
      }
    >
      {held.data ? (
        <>
          <ContentsList contents={held.data.contents} />
          {isBare ? (
            <p className={look.soft}>What was granted on it goes with it, and cannot be brought back.</p>
          ) : (
            <Ways name={name} mode={mode} onMode={setMode} to={to} onTo={setTo} plan={held.data} />
          )}
        </>
      ) : (
        !held.error && (
          <Bones label="Looking at what it holds">
            <Bone width="50%" />
            <Bone width="40%" />
          </Bones>
        )
      )}
      {problem && (
        <p role="alert" className={look.bad}>
          {problem.message}
        </p>
      )}
    </Dialog>
  );
}

interface WaysProps {
  name: string;
  mode: RemovalMode;
  onMode: (mode: RemovalMode) => void;
  to: string;
  onTo: (to: string) => void;
  plan: Removal;
}

function Ways({ name, mode, onMode, to, onTo, plan }: WaysProps) {
  const others = (useWorkspaces().data ?? []).filter((one) => one.name !== name);
  return (
    <fieldset className={styles.ways}>
      <legend>What becomes of it</legend>
      <label>
        <input type="radio" name="mode" checked={mode === "trash"} onChange={() => onMode("trash")} />
        <span>
          It goes to the trash with the workspace
          <small>Nobody finds it any more, until you restore it as it is or remove it for good. {plan.contents.nJobs > 0 && "Its jobs are cancelled."}</small>
        </span>
      </label>
      <label>
        <input type="radio" name="mode" checked={mode === "move"} onChange={() => onMode("move")} />
        <span>
          It moves to another workspace
          <small>Who may do what is decided there from then on. Files stay where they are, and jobs go on.</small>
        </span>
      </label>
      {mode === "move" && (
        <Select aria-label="Move everything to" value={to} onChange={({ target }) => onTo(target.value)}>
          {others.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </Select>
      )}
      {mode === "move" && plan.nClashes > 0 && (
        <div role="alert" className={look.bad}>
          <p>
            {plural(plan.nClashes, "name")} {plan.nClashes === 1 ? "is" : "are"} in {to}, too. Rename or delete one of each first; experiments in the trash keep their names.
          </p>
          <ul className={styles.clashes}>
            {plan.clashes.map((clash) => (
              <li key={clash}>{clash}</li>
            ))}
          </ul>
        </div>
      )}
      {mode === "move" && plan.excesses.length > 0 && (
        <div role="alert" className={look.bad}>
          <p>It does not fit into the quota of {to}. Purge the trash there, or raise the quota:</p>
          <ul className={styles.clashes}>
            {plan.excesses.map((one) => (
              <li key={one.what}>{excessText(one)}</li>
            ))}
          </ul>
        </div>
      )}
    </fieldset>
  );
}
