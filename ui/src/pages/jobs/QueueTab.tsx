import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { ACTIVE, JOB_STATES, type JobCounts, type JobFilter, type JobState } from "../../api/work/model";
import { useJobCounts, useProjects } from "../../api/work/queries";
import { Button } from "../../components/Button";
import { SearchInput, Select } from "../../components/Field";
import { LinkButton } from "../../components/LinkButton";
import { ListLine } from "../../components/ListLine";
import { Segments } from "../../components/Segments";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { useQueryState, useQueryText } from "../../components/useQuery";
import { count, cutMiddle, plural } from "../../lib/format";
import { useNewcomerWords } from "../../records/accounts/useNewcomerWords";
import { FailureState } from "../../records/FailureState";
import { JobGrid } from "../../records/work/JobGrid";
import { jobWord } from "../../records/work/JobMark";
import { totalOf } from "../../records/work/progress";
import { useJobRows } from "../../records/work/useJobRows";
import { GridHead } from "./GridHead";
import styles from "./jobs.module.css";

const SUBMIT = `# On the machine that is to do the work:
runfold agent
# Anywhere:
runfold jobs submit https://host/team/models.git -P alpha=0.4`;

/** What is shown, by the word in the address. */
const SETS: Record<string, readonly JobState[]> = { "": [], active: ACTIVE, finished: ["finished"], failed: ["failed"], cancelled: ["cancelled"], lost: ["lost"] };
const NOTHING = { state: undefined, project: undefined, queue: undefined, target: undefined, user: undefined, text: undefined };

export function QueueTab() {
  const [query, setQuery] = useQueryState();
  const newcomer = useNewcomerWords();
  const [text, setText] = useQueryText("text");
  const { state = "", project = "", queue = "", target = "", user = "", grid = "" } = query;
  const filter = useMemo((): JobFilter => {
    const states = SETS[state] ?? JOB_STATES.filter((one) => one === state);
    return { states, project, queue, target, user, grid, text: text.trim(), isFolded: !grid };
  }, [state, project, queue, target, user, grid, text]);
  const { jobs, rows, grids, nearEnd, foot } = useJobRows(filter);
  const counts = useJobCounts({ ...filter, states: [] }).data;
  useShortcuts([{ keys: "/", label: "Search in the jobs", run: () => document.getElementById("find-jobs")?.focus() }]);
  const isNarrowed = Boolean(project || state || queue || target || user || text.trim());
  if (jobs.error && !jobs.data) return <FailureState what="The jobs could not be loaded" error={jobs.error} retry={() => void jobs.refetch()} />;
  if (jobs.data && !rows.length && !isNarrowed && !grid) {
    return (
      <EmptyState title="No job has been asked for" text={`${newcomer}A job is a run that waits in a queue until an agent takes it. Register a project and press Run, or queue one from a terminal:`} code={SUBMIT}>
        <LinkButton render={<Link to="/projects" />}>Go to the projects</LinkButton>
      </EmptyState>
    );
  }
  const total = counts && totalOf(counts.states, filter.states.length ? filter.states : JOB_STATES);
  return (
    <>
      {grid && <GridHead grid={grid} jobs={rows} />}
      <ListLine count={total !== undefined && plural(total, "job")}>
        <Segments
          label="States"
          segments={Object.entries(SETS).map(([key, states]) => ({ key, word: wordOf(key), count: counts && countOf(counts, states) }))}
          chosen={state}
          onChoose={(next) => setQuery({ state: next || undefined })}
        />
        <SearchInput id="find-jobs" className={styles.find} aria-label="Search in the jobs" placeholder="Parameter, code, id" value={text} onChange={(event) => setText(event.target.value)} />
        {!grid && <Places counts={counts} />}
      </ListLine>
      {jobs.isPending ? (
        <Bones label="The jobs are loading">
          {Array.from({ length: 10 }, (_, at) => (
            <Bone key={at} width={`${88 - at * 3}%`} height={14} />
          ))}
        </Bones>
      ) : rows.length ? (
        <JobGrid jobs={rows} grids={grids} total={filter.isFolded ? undefined : total} onNearEnd={nearEnd} foot={foot} />
      ) : (
        <EmptyState title={grid && !isNarrowed ? "No such variants" : "No job fits"} text={isNarrowed ? "No job has this state, these words and these places." : "No jobs were asked for together by this name."}>
          <Button onClick={() => setQuery({ ...NOTHING, ...(isNarrowed ? {} : { grid: undefined }) })}>Show all jobs</Button>
        </EmptyState>
      )}
    </>
  );
}

function wordOf(key: string): string {
  if (key === "") return "All";
  return key === "active" ? "Active" : jobWord(key as JobState);
}

function countOf({ states }: JobCounts, which: readonly JobState[]): string | undefined {
  const n = totalOf(states, which.length ? which : JOB_STATES);
  return n ? count(n) : undefined;
}

/** What narrows the list by whose jobs they are; a choice of one is none. */
function Places({ counts }: { counts: JobCounts | undefined }) {
  const projects = useProjects().data ?? [];
  return (
    <>
      <Choice word="project" options={projects.map(({ settings }) => settings.name)} most={0} />
      <Choice word="queue" options={counts?.queues ?? []} most={1} />
      <Choice word="target" options={counts?.targets ?? []} most={0} />
      <Choice word="user" options={counts?.users ?? []} most={1} />
    </>
  );
}

function Choice({ word, options, most }: { word: "project" | "queue" | "target" | "user"; options: readonly string[]; most: number }) {
  const [query, setQuery] = useQueryState();
  const value = query[word] ?? "";
  if (options.length <= most && !value) return null;
  const all = value && !options.includes(value) ? [value, ...options] : options;
  return (
    <Select className={styles.choice} aria-label={`${word[0]?.toUpperCase()}${word.slice(1)}`} value={value} onChange={(event) => setQuery({ [word]: event.target.value || undefined })}>
      <option value="">{`Every ${word}`}</option>
      {all.map((name) => (
        <option key={name} value={name}>
          {cutMiddle(name, 40)}
        </option>
      ))}
    </Select>
  );
}
