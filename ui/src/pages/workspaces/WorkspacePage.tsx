import { Link, useParams } from "@tanstack/react-router";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import { HERE, HOME } from "../../api/here";
import type { Workspace } from "../../api/workspaces/client";
import { useWorkspaceUsages } from "../../api/keeping/queries";
import { useWorkspaces } from "../../api/workspaces/queries";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { LinkButton } from "../../components/LinkButton";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { Section, Sections } from "../../components/Sections";
import { Bone, Bones, ErrorState } from "../../components/States";
import { DEFAULT_WORKSPACE, pathIn } from "../../lib/workspaces";
import { FailureState } from "../../records/FailureState";
import { Access } from "../../records/accounts/Access";
import type { Act } from "../../records/accounts/acts";
import { useRights } from "../../records/accounts/useRights";
import { EditQuota } from "../../records/quotas/EditQuota";
import { UsageTable } from "../../records/quotas/UsageTable";
import { Rules } from "../../records/retention/Rules";
import { EditWorkspace } from "./EditWorkspace";
import { RemoveWorkspace } from "./RemoveWorkspace";
import look from "../../records/accounts/accounts.module.css";
import styles from "./workspaces.module.css";

/** One workspace: what it is for, and its members. */
export function WorkspacePage() {
  const { name } = useParams({ from: "/workspaces/$name" });
  const { data: workspaces, error, refetch } = useWorkspaces();
  const workspace = workspaces?.find((one) => one.name === name);
  const crumbs = (
    <>
      <Link to="/workspaces" className={crumbClass}>
        Workspaces
      </Link>
      <CrumbSlash />
      <CrumbHere title={name}>{workspace ? name : "Not found"}</CrumbHere>
    </>
  );
  if (workspace) return <Known workspace={workspace} crumbs={crumbs} />;
  return (
    <Page title={error || workspaces ? "Not found" : name} crumbs={crumbs}>
      {error ? (
        <FailureState what="The workspace could not be loaded" error={error} retry={() => void refetch()} />
      ) : workspaces ? (
        <ErrorState title="There is no such page" text={`Nothing lives at ${window.location.pathname}. The link may be old, or cut short, or lead to where you may not go.`}>
          <LinkButton render={<Link to="/workspaces" />}>Go to the workspaces</LinkButton>
        </ErrorState>
      ) : (
        <Bones label="Loading the workspace">
          <Bone width="40%" height={14} />
        </Bones>
      )}
    </Page>
  );
}

function Known({ workspace, crumbs }: { workspace: Workspace; crumbs: React.ReactNode }) {
  const account = useAccount();
  const { name, description, filesUri } = workspace;
  const place = `workspace:${name}`;
  const isAdmin = account === null || account.isAdmin;
  const { to, isKnown } = useRights(place);
  const may = (act: Act) => isKnown && to(act) === null;
  const [doing, setDoing] = useState<"edit" | "remove" | null>(null);
  const isHere = name === (HERE || DEFAULT_WORKSPACE);
  const actions = (
    <>
      {may("describeWorkspace") && (
        <Button look="quiet" onClick={() => setDoing("edit")}>
          <Pencil size={14} />
          Describe
        </Button>
      )}
      {isAdmin && name !== DEFAULT_WORKSPACE && (
        <Button look="quiet" onClick={() => setDoing("remove")}>
          <Trash2 size={14} />
          Delete
        </Button>
      )}
      {!isHere && <LinkButton render={<a href={pathIn(HOME, name)} />}>Go to {name}</LinkButton>}
    </>
  );
  return (
    <Page title={`Workspace ${name}`} crumbs={crumbs} actions={actions} scroll>
      <Sections>
        <Section>
          {description ? <p className={styles.text}>{description}</p> : <p className={look.soft}>Nothing is said of what it is for.</p>}
          {filesUri && <p className={look.soft}>Files of its new experiments go below {filesUri}.</p>}
        </Section>
        <Section title="Members">
          {account ? (
            <>
              <p className={look.soft}>
                {name === DEFAULT_WORKSPACE
                  ? "A role granted here holds for everything in the default workspace; what is granted on everything holds here, too."
                  : "A role granted here holds for everything in the workspace. It is closed to whoever has none, also to those with a role on everything, while “Everyone” has no access."}
              </p>
              <Access account={account} place={place} />
            </>
          ) : (
            <p className={look.soft}>This server has no users: whoever reaches it may do everything, in every workspace.</p>
          )}
        </Section>
        <Kept name={name} isAdmin={isAdmin} />
        {may("keepRules") && (
          <Section title="What is kept">
            <p className={look.soft}>Rules send runs of this workspace to the trash when they are old enough, and keep the best and the last of each group.</p>
            <Rules workspace={name} />
          </Section>
        )}
        <Section title="Work in it">
          <Code text={`export RUNFOLD_WORKSPACE=${name}       # MLflow's clients: MLFLOW_WORKSPACE`} />
        </Section>
      </Sections>
      {doing === "edit" && <EditWorkspace before={workspace} mayPlace={isAdmin} onClose={() => setDoing(null)} />}
      {doing === "remove" && <RemoveWorkspace name={name} onClose={() => setDoing(null)} />}
    </Page>
  );
}

/** Told to those who manage it. */
function Kept({ name, isAdmin }: { name: string; isAdmin: boolean }) {
  const account = useAccount();
  const { data } = useWorkspaceUsages(Boolean(account));
  const [isEditing, setEditing] = useState(false);
  const usage = data?.find(({ owner }) => owner === `workspace:${name}`);
  if (!usage) return null;
  return (
    <Section title="What it keeps">
      <UsageTable usage={usage} label="What it keeps" />
      <p className={look.soft}>Of all who work in it together. What lies in the trash counts until it is purged.{isAdmin ? "" : " Administrators set the quota."}</p>
      {isAdmin && (
        <div>
          <Button onClick={() => setEditing(true)}>Set the quota</Button>
        </div>
      )}
      {isEditing && <EditQuota usage={usage} onClose={() => setEditing(false)} />}
    </Section>
  );
}
