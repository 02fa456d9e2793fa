import { Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Project } from "../../api/work/model";
import { useLiveJobs, useProjects } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { useQueryText } from "../../components/useQuery";
import { count, cutMiddle, plural } from "../../lib/format";
import { useNewcomerWords } from "../../records/accounts/useNewcomerWords";
import { useRightsHere } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { JobMark } from "../../records/work/JobMark";
import { EditProject } from "./EditProject";
import styles from "./projects.module.css";

const REGISTER = `# In the folder of a project, or with the address of a repository:
runfold projects register . --name wine
# On the machine that is to do the work:
runfold agent`;

const COLUMNS: GridColumn<Project>[] = [
  {
    id: "name",
    title: "Project",
    width: 220,
    isPinned: true,
    cell: ({ settings: { name } }) => (
      <Link className={styles.name} to="/projects/$name" params={{ name }} title={name}>
        {cutMiddle(name, 60)}
      </Link>
    ),
  },
  {
    id: "entries",
    title: "Entry points",
    width: 200,
    cell: ({ spec, problem }) => (spec ? spec.entryPoints.map(({ name }) => name).join(", ") : <span className={problem ? styles.bad : styles.quiet}>{problem ? "could not be read" : "not read yet"}</span>),
  },
  {
    id: "last",
    title: "Last job",
    width: 190,
    cell: ({ lastJob }) =>
      lastJob && (
        <span className={styles.last}>
          <JobMark state={lastJob.state} />
          <span className={styles.quiet}>
            <Ago ms={lastJob.createdMs} />
          </span>
        </span>
      ),
  },
  { id: "jobs", title: "Jobs", width: 70, isNumber: true, cell: ({ nJobs }) => count(nJobs) },
  { id: "about", title: "Description", width: 320, cell: ({ settings }) => <span title={settings.description}>{settings.description.split("\n")[0]}</span> },
  { id: "where", title: "Where", width: 320, cell: ({ settings }) => <code title={addressOf(settings)}>{cutMiddle(addressOf(settings), 52)}</code> },
  { id: "user", title: "By", width: 90, cell: ({ user }) => user },
];

export function addressOf({ uri, folder }: Project["settings"]): string {
  return folder ? `${uri}#${folder}` : uri;
}

/** Every registered project, with how its last job went. */
export function ProjectsPage() {
  const navigate = useNavigate();
  const projects = useProjects();
  useLiveJobs();
  const [text, setText] = useQueryText("find");
  const [isMaking, setMaking] = useState(false);
  const [cursor, setCursor] = useState(-1);
  const denied = useRightsHere().to("createProject");
  const newcomer = useNewcomerWords();
  const all = projects.data ?? [];
  const wanted = text.toLowerCase();
  const rows = all.filter(({ settings }) => `${settings.name}\n${settings.uri}\n${settings.description}`.toLowerCase().includes(wanted));
  const here = rows[cursor];
  const move = (by: number) => setCursor(Math.min(rows.length - 1, Math.max(0, cursor + by)));
  useShortcuts([
    { keys: "j", label: "Next project", run: () => move(1) },
    { keys: "k", label: "Previous project", run: () => move(-1) },
    { keys: "arrowdown", label: "Next project", run: () => move(1) },
    { keys: "arrowup", label: "Previous project", run: () => move(-1) },
    { keys: "enter", label: "Open the project", run: () => here && void navigate({ to: "/projects/$name", params: { name: here.settings.name } }) },
    { keys: "/", label: "Find a project", run: () => document.getElementById("find-project")?.focus() },
    { keys: "n", label: "Register a project", run: () => setMaking(true), denied },
  ]);
  return (
    <Page
      title="Projects"
      crumbs={<CrumbHere>Projects</CrumbHere>}
      actions={
        <Button look="primary" denied={denied} onClick={() => setMaking(true)}>
          <Plus size={14} />
          Register a project
        </Button>
      }
    >
      {projects.error && !projects.data ? (
        <FailureState what="The projects could not be loaded" error={projects.error} retry={() => void projects.refetch()} />
      ) : projects.isPending ? (
        <Bones label="The projects are loading">
          {Array.from({ length: 8 }, (_, at) => (
            <Bone key={at} width={`${80 - at * 4}%`} height={14} />
          ))}
        </Bones>
      ) : !all.length ? (
        <EmptyState
          title="Register a first project"
          text={`${newcomer}A project is a folder of code with entry points, in a repository or on disk. Once it is registered, those with whom it is shared can run it with other parameters, on any machine that has an agent.${denied ? ` ${denied.text}` : ""}`}
          code={REGISTER}
        >
          <Button denied={denied} onClick={() => setMaking(true)}>Register one here</Button>
        </EmptyState>
      ) : (
        <>
          <ListLine count={plural(rows.length, "project")}>
            <SearchInput id="find-project" className={styles.find} aria-label="Find a project" placeholder="Find a project" value={text} onChange={(event) => setText(event.target.value)} />
          </ListLine>
          {rows.length ? (
            <Grid label="Projects" rows={rows} keyOf={({ settings }) => settings.name} columns={COLUMNS} cursor={cursor} isSelected={() => false} onRowClick={(_, at) => setCursor(at)} />
          ) : (
            <EmptyState title="No project fits" text="Names, addresses and descriptions are looked through.">
              <Button onClick={() => setText("")}>Show all projects</Button>
            </EmptyState>
          )}
        </>
      )}
      {isMaking && <EditProject onClose={() => setMaking(false)} />}
    </Page>
  );
}
