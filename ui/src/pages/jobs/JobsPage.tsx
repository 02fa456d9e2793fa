import { Link } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { ACTIVE, JOB_STATES, type JobState } from "../../api/work/model";
import { useJobs, useLiveJobs, useProjects } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { SearchInput, Select } from "../../components/Field";
import { LinkButton } from "../../components/LinkButton";
import { ListLine } from "../../components/ListLine";
import { CrumbHere, Page } from "../../components/Page";
import { PageHead } from "../../components/PageHead";
import { Segments } from "../../components/Segments";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { useQueryState, useQueryText } from "../../components/useQuery";
import { plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { JobGrid } from "../../records/work/JobGrid";
import { jobWord } from "../../records/work/JobMark";
import { AgentsTab } from "./AgentsTab";
import { SecretsTab } from "./SecretsTab";
import { TargetsTab } from "./TargetsTab";
import styles from "./jobs.module.css";

const TABS = ["queue", "agents", "targets", "secrets"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = { queue: "Jobs", agents: "Agents", targets: "Targets", secrets: "Secrets" };

const SUBMIT = `# On the machine that is to do the work:
runfold agent
# Anywhere:
runfold jobs submit https://host/team/models.git -P alpha=0.4`;

/** The queue, who works on it, and where. */
export function JobsPage() {
  const [query, setQuery] = useQueryState();
  const tab = TABS.find((one) => one === query.tab) ?? "queue";
  const open = (next: Tab) => setQuery({ tab: next === "queue" ? undefined : next });
  useLiveJobs();
  useShortcuts(TABS.map((one, at) => ({ keys: String(at + 1), label: WORDS[one], run: () => open(one) })));
  return (
    <Page title={WORDS[tab]} crumbs={<CrumbHere>Jobs</CrumbHere>}>
      <PageHead>
        <Tabs label="Parts of the queue" tabs={TABS.map((key) => ({ key, word: WORDS[key] }))} chosen={tab} onChoose={open} />
      </PageHead>
      <div className={styles.body} role="tabpanel" aria-label={WORDS[tab]}>
        {tab === "queue" && <QueueTab />}
        {tab === "agents" && <AgentsTab />}
        {tab === "targets" && <TargetsTab />}
        {tab === "secrets" && <SecretsTab />}
      </div>
    </Page>
  );
}

const STATES = ["", "active", "finished", "failed", "cancelled", "lost"].map((key) => ({ key, word: key === "" ? "All" : key === "active" ? "Active" : jobWord(key as JobState) }));

const SETS: Record<string, readonly JobState[]> = { active: ACTIVE };

function statesOf(text: string): readonly JobState[] {
  return SETS[text] ?? JOB_STATES.filter((state) => state === text);
}

function QueueTab() {
  const [query, setQuery] = useQueryState();
  const [queue, setQueue] = useQueryText("queue");
  const project = query.project ?? "";
  const shown = query.state ?? "";
  const states = useMemo(() => statesOf(shown), [shown]);
  const projects = useProjects().data ?? [];
  const jobs = useJobs(states, project, queue.trim());
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs;
  const rows = useMemo(() => jobs.data?.pages.flatMap((page) => page.items) ?? [], [jobs.data]);
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const isNarrowed = Boolean(project || shown || queue.trim());
  if (jobs.error && !jobs.data) return <FailureState what="The jobs could not be loaded" error={jobs.error} retry={() => void jobs.refetch()} />;
  if (jobs.data && !rows.length && !isNarrowed) {
    return (
      <EmptyState title="No job has been asked for" text="A job is a run that waits in a queue until an agent takes it. Register a project and press Run, or queue one from a terminal:" code={SUBMIT}>
        <LinkButton render={<Link to="/projects" />}>Go to the projects</LinkButton>
      </EmptyState>
    );
  }
  return (
    <>
      <ListLine count={jobs.data && (hasNextPage ? `${rows.length} and more` : plural(rows.length, "job"))}>
        <Segments label="States" segments={STATES} chosen={shown} onChoose={(state) => setQuery({ state: state || undefined })} />
        <Select className={styles.project} aria-label="Project" value={project} onChange={(event) => setQuery({ project: event.target.value || undefined })}>
          <option value="">Every project</option>
          {projects.map(({ settings }) => (
            <option key={settings.name}>{settings.name}</option>
          ))}
        </Select>
        <SearchInput className={styles.find} aria-label="Queue" placeholder="Every queue" value={queue} onChange={(event) => setQueue(event.target.value)} />
      </ListLine>
      {jobs.isPending ? (
        <Bones label="The jobs are loading">
          {Array.from({ length: 10 }, (_, at) => (
            <Bone key={at} width={`${88 - at * 3}%`} height={14} />
          ))}
        </Bones>
      ) : rows.length ? (
        <JobGrid jobs={rows} onNearEnd={nearEnd} foot={isFetchingNextPage ? `${plural(rows.length, "job")} loaded, more are coming` : null} />
      ) : (
        <EmptyState title="No such job" text="No job has this state, project and queue.">
          <Button onClick={() => setQuery({ state: undefined, project: undefined, queue: undefined })}>Show all jobs</Button>
        </EmptyState>
      )}
    </>
  );
}
