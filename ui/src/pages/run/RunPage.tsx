import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Copy, FolderInput, MoreHorizontal, Pencil, RotateCw, Star, Trash2 } from "lucide-react";
import { Suspense, lazy, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import { useExperiment, useLiveRuns, useRun } from "../../api/queries";
import type { Ability } from "../../api/accounts/abilities";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Dialog } from "../../components/Dialog";
import { TextInput } from "../../components/Field";
import { LinkButton } from "../../components/LinkButton";
import { Menu } from "../../components/Menu";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { PageFacts, PageHead, PageName } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { StateMark } from "../../components/StateMark";
import { Tabs } from "../../components/Tabs";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import { type SetQuery, useQueryState } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { count, cutMiddle, duration, exactTime } from "../../lib/format";
import type { Query } from "../../lib/query";
import { ExperimentCrumbs } from "../../records/ExperimentCrumbs";
import { ExperimentChooser } from "../../records/ExperimentChooser";
import { RoleMark } from "../../records/accounts/RoleMark";
import { useRights } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { TAGS } from "../../records/tags";
import { RunAgain, canRunAgain } from "../../records/work/RunAgain";
import { RunJob } from "../../records/work/RunJob";
import { type RunEdits, useRunEdits } from "../../records/useRunEdits";
import { ArtifactsTab } from "./ArtifactsTab";
import { ImagesTab } from "./ImagesTab";
import { KeysTab } from "./KeysTab";
import { MetricsTab } from "./MetricsTab";
import { Overview } from "./Overview";
import styles from "./RunPage.module.css";

const RunCharts = lazy(() => import("./RunCharts").then((module) => ({ default: module.RunCharts })));

/** All there is to know of one run. */
export function RunPage() {
  const { runId } = useParams({ from: "/runs/$runId" });
  const { data, error, refetch } = useRun(runId);
  // A run that was shown may be removed for ever meanwhile.
  const isGone = error instanceof ApiError && error.isMissing;
  const run = isGone ? undefined : data;
  const experimentId = run?.experimentId ?? "";
  const experiment = useExperiment(experimentId);
  const mayChange = run !== undefined && ["RUNNING", "SCHEDULED", "LOST"].includes(run.state);
  const live = useMemo(() => (mayChange ? [experimentId] : []), [mayChange, experimentId]);
  useLiveRuns(live);
  const edits = useRunEdits(runId);
  const crumbs = !run && error ? (
    <>
      <Link to="/experiments" className={crumbClass}>
        Experiments
      </Link>
      <CrumbSlash />
      <CrumbHere>Run</CrumbHere>
    </>
  ) : (
    <ExperimentCrumbs names={experiment.data ? [experiment.data.name] : []} experimentId={experimentId}>
      <CrumbHere title={run?.name ?? runId}>{cutMiddle(run?.name ?? runId, 40)}</CrumbHere>
    </ExperimentCrumbs>
  );
  return (
    <Page title={run?.name ?? "Run"} crumbs={crumbs} actions={run && <RunActions run={run} edits={edits} />}>
      {isGone ? (
        <EmptyState
          title="There is no such run"
          text={
            <>
              No run has the id <code>{cutMiddle(runId, 60)}</code>. It may have been removed from the trash for ever, or the address is cut short.
            </>
          }
        >
          <LinkButton look="primary" render={<Link to="/experiments" />}>
            Go to the experiments
          </LinkButton>
          <LinkButton render={<Link to="/trash" />}>Look into the trash</LinkButton>
        </EmptyState>
      ) : error && !run ? (
        <FailureState what="This run could not be loaded" error={error} retry={() => void refetch()} />
      ) : run ? (
        <RunBody run={run} edits={edits} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

/** Stands where the run will be, so that nothing jumps when it comes. */
function Loading() {
  return (
    <>
      <PageHead>
        <Bone width={260} height={26} />
        <PageFacts>
          <Bone width={480} height={20} />
        </PageFacts>
        <div className={styles.tabsToCome}>
          <Bone width={420} height={14} />
        </div>
      </PageHead>
      <Bones label="The run is loading">
        {[60, 90, 75, 85].map((width) => (
          <Bone key={width} width={`${width}%`} height={18} />
        ))}
      </Bones>
    </>
  );
}

function RunActions({ run, edits }: { run: Run; edits: RunEdits }) {
  const navigate = useNavigate();
  const [isMoving, setMoving] = useState(false);
  const [isAgain, setAgain] = useState(false);
  const isStarred = run.tags[TAGS.star] === "true";
  const star = () => void (isStarred ? edits.deleteTag(TAGS.star, "true") : edits.setTag(TAGS.star, "true"));
  const { to } = useRights(`experiment:${run.experimentId}`);
  const [change, move, trash, again] = [to("changeRun"), to("moveRuns"), to("deleteRuns"), to("submitJobs")];
  const mayRunAgain = canRunAgain(run);
  const jobId = run.tags[TAGS.job];
  const remove = () => void edits.remove().then(() => navigate({ to: "/experiments/$ids", params: { ids: run.experimentId } }));
  useShortcuts([
    { keys: "s", label: "Star the run", run: star, denied: change },
    { keys: "m", label: "Move the run to another experiment", run: () => setMoving(true), denied: move },
    { keys: "a", label: "Run again with changes", run: () => mayRunAgain && setAgain(true), denied: mayRunAgain ? again : null },
    { keys: "#", label: "Move the run to the trash", run: () => !run.isDeleted && remove(), denied: run.isDeleted ? null : trash },
  ]);
  return (
    <>
      <IconButton label={isStarred ? "Remove the star" : "Star"} keys="S" denied={change} onClick={star}>
        <Star size={15} className={classes(isStarred && styles.star)} />
      </IconButton>
      {run.parentId && (
        <LinkButton look="quiet" render={<Link to="/runs/$runId" params={{ runId: run.parentId }} />}>
          Parent run
        </LinkButton>
      )}
      {jobId && <RunJob jobId={jobId} runId={run.id} />}
      {mayRunAgain && (
        <Button denied={again} onClick={() => setAgain(true)}>
          <RotateCw size={14} />
          Run again
        </Button>
      )}
      {isAgain && <RunAgain run={run} onClose={() => setAgain(false)} />}
      <Menu
        align="end"
        trigger={
          <IconButton label="More">
            <MoreHorizontal size={15} />
          </IconButton>
        }
        entries={[
          { label: "Copy run id", icon: <Copy size={14} />, onSelect: () => void navigator.clipboard.writeText(run.id) },
          { label: "Copy artifact address", icon: <Copy size={14} />, onSelect: () => void navigator.clipboard.writeText(run.artifactUri) },
          { label: "Move to another experiment", icon: <FolderInput size={14} />, note: "M", denied: move, onSelect: () => setMoving(true) },
          "line",
          { label: "Move to trash", icon: <Trash2 size={14} />, note: "#", danger: true, disabled: run.isDeleted, denied: trash, onSelect: remove },
        ]}
      />
      <Dialog open={isMoving} onClose={() => setMoving(false)} title="Move the run">
        <ExperimentChooser
          without={[run.experimentId]}
          onChoose={(id, name) => {
            setMoving(false);
            void edits.move(id, name, run.experimentId);
          }}
        />
      </Dialog>
    </>
  );
}

const TABS = ["overview", "params", "metrics", "charts", "images", "artifacts", "system"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = {
  overview: "Overview",
  params: "Params",
  metrics: "Metrics",
  charts: "Charts",
  images: "Images",
  artifacts: "Artifacts",
  system: "System",
};

function RunBody({ run, edits }: { run: Run; edits: RunEdits }) {
  const [query, setQuery] = useQueryState();
  const { abilities, to } = useRights(`experiment:${run.experimentId}`);
  const metricKeys = Object.keys(run.metrics);
  const hasSystem = metricKeys.some((key) => key.startsWith("system/"));
  const hasImages = "mlflow.loggedImages" in run.tags;
  const counts: Partial<Record<Tab, string>> = {
    params: count(Object.keys(run.params).length),
    metrics: count(metricKeys.length),
  };
  const tabs = TABS.filter((tab) => (tab !== "system" || hasSystem) && (tab !== "images" || hasImages || query.tab === "images"));
  const tab = tabs.find((t) => t === query.tab) ?? "overview";
  const open = (next: Tab) => setQuery({ tab: next === "overview" ? undefined : next, find: undefined, sort: undefined });
  useShortcuts(tabs.map((t, at) => ({ keys: String(at + 1), label: WORDS[t], run: () => open(t) })));
  return (
    <>
      {run.isDeleted && (
        <div className={styles.trashed} role="status">
          This run is in the trash. It keeps everything until the trash is emptied.
          <Button small denied={to("restoreRuns")} onClick={() => void edits.restore()}>
            Restore the run
          </Button>
        </div>
      )}
      <PageHead>
        <RunTitle run={run} edits={edits} denied={to("changeRun")} />
        <RunFacts run={run} abilities={abilities} />
        <Tabs label="Parts of the run" tabs={tabs.map((key) => ({ key, word: WORDS[key], count: counts[key] }))} chosen={tab} onChoose={open} />
      </PageHead>
      <div className={styles.body} role="tabpanel" aria-label={WORDS[tab]}>
        <TabBody tab={tab} run={run} edits={edits} denied={to("changeRun")} query={query} setQuery={setQuery} />
      </div>
    </>
  );
}

function TabBody({ tab, run, edits, denied, query, setQuery }: { tab: Tab; run: Run; edits: RunEdits; denied: MaybeDenial; query: Query; setQuery: SetQuery }) {
  switch (tab) {
    case "overview":
      return <Overview run={run} edits={edits} denied={denied} onTab={(next, more) => setQuery({ tab: next, ...more })} />;
    case "params":
      return <KeysTab run={run} edits={edits} denied={denied} query={query} setQuery={setQuery} />;
    case "metrics":
      return <MetricsTab run={run} edits={edits} denied={denied} query={query} setQuery={setQuery} />;
    case "images":
      return <ImagesTab run={run} query={query} setQuery={setQuery} />;
    case "artifacts":
      return <ArtifactsTab run={run} denied={denied} query={query} setQuery={setQuery} />;
    case "charts":
    case "system":
      return (
        <Suspense>
          <RunCharts key={tab} run={run} isSystem={tab === "system"} query={query} setQuery={setQuery} />
        </Suspense>
      );
  }
}

function RunTitle({ run, edits, denied }: { run: Run; edits: RunEdits; denied: MaybeDenial }) {
  const [name, setName] = useState<string | null>(null);
  const save = () => {
    if (name !== null && name.trim() && name.trim() !== run.name) void edits.rename(name.trim(), run.name);
    setName(null);
  };
  if (name !== null) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <PageName>
          <TextInput
            autoFocus
            aria-label="Name of the run"
            value={name}
            onChange={(event) => setName(event.target.value)}
            onBlur={save}
            onKeyDown={(event) => event.key === "Escape" && setName(null)}
          />
        </PageName>
      </form>
    );
  }
  return (
    <PageName>
      <h2 title={run.name}>{cutMiddle(run.name, 90)}</h2>
      <IconButton small label="Rename" denied={denied} onClick={() => setName(run.name)}>
        <Pencil size={13} />
      </IconButton>
    </PageName>
  );
}

function RunFacts({ run, abilities }: { run: Run; abilities: readonly Ability[] | undefined }) {
  const now = useNow();
  const end = run.endMs ?? (run.state === "RUNNING" ? now : null);
  return (
    <PageFacts>
      <StateMark state={run.state} />
      <RoleMark abilities={abilities} />
      {run.startMs > 0 && (
        <span title={exactTime(run.startMs)}>
          started <Ago ms={run.startMs} />
        </span>
      )}
      {end && run.startMs > 0 && <span>{run.endMs ? `took ${duration(end - run.startMs)}` : `for ${duration(end - run.startMs)}`}</span>}
      {run.user && <span>by {run.user}</span>}
      <code title="Run id">{run.id}</code>
    </PageFacts>
  );
}
