import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { MoreHorizontal, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { useApi } from "../../api/context";
import { HERE } from "../../api/here";
import type { Project } from "../../api/work/model";
import { useLiveJobs, useProject, workKeys } from "../../api/work/queries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { LinkButton } from "../../components/LinkButton";
import { Menu } from "../../components/Menu";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { PageHead, PageName } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { useNotes } from "../../components/Toasts";
import { useQueryState } from "../../components/useQuery";
import { count, cutMiddle } from "../../lib/format";
import { placeIn } from "../../lib/workspaces";
import { FailureState } from "../../records/FailureState";
import { RoleMark } from "../../records/accounts/RoleMark";
import { useAccessEntry } from "../../records/accounts/useAccessEntry";
import { useRights } from "../../records/accounts/useRights";
import { EditProject } from "./EditProject";
import { ProjectJobs } from "./ProjectJobs";
import { RunTab } from "./RunTab";
import { useReading } from "./useReading";
import styles from "./projects.module.css";

const TABS = ["run", "jobs"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = { run: "Run", jobs: "Jobs" };

/** A registered project: a form for its entry points, and what became of the jobs. */
export function ProjectPage() {
  const { name } = useParams({ from: "/projects/$name" });
  const { data: project, error, refetch } = useProject(name);
  useLiveJobs();
  return (
    <Page
      title={name}
      crumbs={
        <>
          <Link to="/projects" className={crumbClass}>
            Projects
          </Link>
          <CrumbSlash />
          <CrumbHere title={name}>{cutMiddle(name, 50)}</CrumbHere>
        </>
      }
      actions={project && <ProjectActions project={project} />}
    >
      {error instanceof ApiError && error.isMissing && !project ? (
        <EmptyState title="There is no such project" text={`No project is named “${cutMiddle(name, 80)}”. It may have been removed.`}>
          <LinkButton look="primary" render={<Link to="/projects" />}>
            Go to the projects
          </LinkButton>
        </EmptyState>
      ) : error && !project ? (
        <FailureState what="This project could not be loaded" error={error} retry={() => void refetch()} />
      ) : project ? (
        <ProjectBody project={project} />
      ) : (
        <Bones label="The project is loading">
          <Bone width={240} height={24} />
          <Bone width={420} height={16} />
          <Bone width="70%" height={18} />
        </Bones>
      )}
    </Page>
  );
}

function ProjectBody({ project }: { project: Project }) {
  const [query, setQuery] = useQueryState();
  const tab = TABS.find((one) => one === query.tab) ?? "run";
  const { abilities } = useRights(placeIn(HERE, "project", project.settings.name));
  const open = (next: Tab) => setQuery({ tab: next === "run" ? undefined : next });
  useShortcuts(TABS.map((one, at) => ({ keys: String(at + 1), label: WORDS[one], run: () => open(one) })));
  return (
    <>
      <PageHead>
        <PageName>
          <h2 title={project.settings.name}>{project.settings.name}</h2>
          <RoleMark abilities={abilities} />
        </PageName>
        {project.settings.description && <p className={styles.about}>{project.settings.description}</p>}
        <Tabs label="Parts of the project" tabs={TABS.map((key) => ({ key, word: WORDS[key], count: key === "jobs" ? count(project.nJobs) : undefined }))} chosen={tab} onChoose={open} />
      </PageHead>
      <div className={styles.body} role="tabpanel" aria-label={WORDS[tab]}>
        {tab === "run" ? <RunTab project={project} /> : <ProjectJobs project={project} />}
      </div>
    </>
  );
}

function ProjectActions({ project }: { project: Project }) {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notes = useNotes();
  const read = useReading();
  const [doing, setDoing] = useState<"edit" | "delete" | null>(null);
  const place = placeIn(HERE, "project", project.settings.name);
  const access = useAccessEntry(place, project.settings.name);
  const { to } = useRights(place);
  const close = () => setDoing(null);
  useShortcuts([
    { keys: "e", label: "Change the project", run: () => setDoing("edit"), denied: to("changeProject") },
    { keys: "r", label: "Read the code anew", run: () => void read(project.settings), denied: to("readProject") },
  ]);
  const remove = async () => {
    close();
    try {
      await api.work.deleteProject(project.settings.name);
      notes.done(`Project “${cutMiddle(project.settings.name, 40)}” is removed`);
      await navigate({ to: "/projects" });
      await client.invalidateQueries({ queryKey: workKeys.projects });
    } catch (error) {
      notes.failed("The project could not be removed", error);
    }
  };
  return (
    <>
      <Button denied={to("readProject")} onClick={() => void read(project.settings)}>
        <RefreshCw size={14} />
        Read anew
      </Button>
      <Menu
        align="end"
        trigger={
          <IconButton label="More">
            <MoreHorizontal size={15} />
          </IconButton>
        }
        entries={[
          { label: "Change or rename the project", icon: <Pencil size={14} />, note: "E", denied: to("changeProject"), onSelect: () => setDoing("edit") },
          ...access.entries,
          "line",
          { label: "Remove the project", icon: <Trash2 size={14} />, danger: true, denied: to("deleteProject"), onSelect: () => setDoing("delete") },
        ]}
      />
      {access.dialog}
      {doing === "edit" && <EditProject before={project.settings} onClose={close} />}
      <Dialog
        open={doing === "delete"}
        onClose={close}
        title="Remove this project?"
        foot={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button look="danger" onClick={() => void remove()}>
              Remove the project
            </Button>
          </>
        }
      >
        <p>The name and what was read of its code go. Its jobs, runs and code stay.</p>
      </Dialog>
    </>
  );
}
