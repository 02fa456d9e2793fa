import { Link } from "@tanstack/react-router";
import { ArrowRight, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import { HERE, HOME } from "../../api/here";
import type { Usage } from "../../api/keeping/model";
import type { Workspace } from "../../api/workspaces/client";
import { useWorkspaceUsages } from "../../api/keeping/queries";
import { useWorkspaces } from "../../api/workspaces/queries";
import { Button, IconButton } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { useQueryText } from "../../components/useQuery";
import { bytes, cutMiddle, plural } from "../../lib/format";
import { warnings } from "../../lib/quotas";
import { DEFAULT_WORKSPACE, pathIn } from "../../lib/workspaces";
import { FailureState } from "../../records/FailureState";
import { EditWorkspace } from "./EditWorkspace";
import { RemoveWorkspace } from "./RemoveWorkspace";
import { TrashedWorkspaces } from "./TrashedWorkspaces";
import look from "../../records/accounts/accounts.module.css";
import styles from "./workspaces.module.css";

const NAME_SHOWN = 32;

/** The workspaces that one may enter; administrators make and remove them here. */
export function WorkspacesPage() {
  const account = useAccount();
  const mayMake = account === null || account.isAdmin;
  const { data: workspaces, error, refetch } = useWorkspaces();
  const { data: usages } = useWorkspaceUsages(Boolean(account));
  const kept = new Map(usages?.map((usage) => [usage.owner, usage]));
  const [text, setText] = useQueryText("q");
  const [editing, setEditing] = useState<Workspace | "new" | null>(null);
  const [doomed, setDoomed] = useState<Workspace | null>(null);
  useShortcuts(mayMake ? [{ keys: "n", label: "Make a workspace", run: () => setEditing("new") }] : []);
  const add = mayMake && (
    <Button onClick={() => setEditing("new")}>
      <Plus size={14} />
      Make a workspace
    </Button>
  );
  const columns: GridColumn<Workspace>[] = [
    {
      id: "name",
      title: "Workspace",
      width: 220,
      isPinned: true,
      cell: ({ name }) => (
        <>
          <Link to="/workspaces/$name" params={{ name }} className={styles.name} title={name}>
            {cutMiddle(name, NAME_SHOWN)}
          </Link>
          {name === (HERE || DEFAULT_WORKSPACE) && <span className={look.soft}>you are here</span>}
        </>
      ),
    },
    ...(usages?.length ? [{ id: "kept", title: "Keeps", width: 250, cell: ({ name }: Workspace) => <Kept usage={kept.get(`workspace:${name}`)} /> }] : []),
    { id: "description", title: "Description", width: 300, cell: ({ description }) => <span title={description}>{description}</span> },
    { id: "files", title: "New files go to", width: 210, cell: ({ filesUri }) => (filesUri ? <span title={filesUri}>{filesUri}</span> : <span className={look.soft}>where the server keeps them</span>) },
    {
      id: "do",
      title: "Do",
      width: 110,
      cell: (workspace) => (
        <>
          <IconButton small label={`Go to workspace ${workspace.name}`} onClick={() => window.location.assign(pathIn(HOME, workspace.name))}>
            <ArrowRight size={13} />
          </IconButton>
          {mayMake && (
            <IconButton small label={`Change ${workspace.name}`} onClick={() => setEditing(workspace)}>
              <Pencil size={13} />
            </IconButton>
          )}
          {mayMake && workspace.name !== DEFAULT_WORKSPACE && (
            <IconButton small label={`Delete ${workspace.name}`} onClick={() => setDoomed(workspace)}>
              <Trash2 size={13} />
            </IconButton>
          )}
        </>
      ),
    },
  ];
  const isAlone = workspaces?.every(({ name }) => name === DEFAULT_WORKSPACE);
  const found = workspaces?.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <Page title="Workspaces" crumbs={<CrumbHere>Workspaces</CrumbHere>}>
      {error && !workspaces ? (
        <FailureState what="The workspaces could not be loaded" error={error} retry={() => void refetch()} />
      ) : isAlone ? (
        <EmptyState
          title="Everything is in one workspace"
          text={
            mayMake
              ? "Another one has names, members and rights of its own: a team sees its experiments and models there, and nothing of the others'. It is closed to everyone until you add members."
              : "There are no others that you may enter. Administrators make them, and their managers add members."
          }
          {...(mayMake ? { code: "runfold workspaces create vision" } : {})}
        >
          {add}
        </EmptyState>
      ) : (
        <>
          <ListLine count={found && plural(found.length, "workspace")}>
            <SearchInput className={look.find} aria-label="Find a workspace" placeholder="Find a workspace" value={text} onChange={(event) => setText(event.target.value)} />
            {add}
          </ListLine>
          <Grid label="Workspaces" rows={found ?? []} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
        </>
      )}
      {mayMake && <TrashedWorkspaces />}
      {editing && <EditWorkspace before={editing === "new" ? null : editing} mayPlace={mayMake} onClose={() => setEditing(null)} />}
      {doomed && <RemoveWorkspace name={doomed.name} onClose={() => setDoomed(null)} />}
    </Page>
  );
}

/** Of those that one manages. */
function Kept({ usage }: { usage: Usage | undefined }) {
  if (!usage) return <span className={look.soft}>told to its managers</span>;
  const [worst] = warnings(usage);
  return (
    <span className={worst && styles.limited} title={worst?.text}>
      {plural(usage.nRuns, "run")}, {bytes(usage.nBytes)}
      {worst && (worst.isFull ? " · at its quota" : " · near its quota")}
    </span>
  );
}
