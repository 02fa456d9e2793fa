import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Suspense, lazy, useMemo } from "react";
import { ApiError } from "../../api/client";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { keys, useExperiment } from "../../api/queries";
import { Button } from "../../components/Button";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { Segments } from "../../components/Segments";
import { Bone, Bones, EmptyState } from "../../components/States";
import { LinkButton } from "../../components/LinkButton";
import { useShortcuts } from "../../components/Shortcuts";
import { type SetQuery, useQueryState } from "../../components/useQuery";
import { count, plural } from "../../lib/format";
import { type Query, readIds } from "../../lib/query";
import { ExperimentCrumbs } from "../../records/ExperimentCrumbs";
import { FailureState } from "../../records/FailureState";
import { useRunColours } from "../../records/runColours";
import { CodeTab } from "./CodeTab";
import { DifferencesTab } from "./DifferencesTab";
import { ImagesTab } from "./ImagesTab";
import { WhyTab } from "./WhyTab";
import styles from "./ComparePage.module.css";

const CompareCharts = lazy(() => import("./CompareCharts").then((module) => ({ default: module.CompareCharts })));

const MOST = 50;
const TABS = [
  { key: "differences", word: "Differences" },
  { key: "charts", word: "Charts" },
  { key: "images", word: "Images" },
  { key: "code", word: "Code" },
  { key: "why", word: "Why better" },
] as const;
type Tab = (typeof TABS)[number]["key"];

/** Runs beside each other. */
export function ComparePage() {
  const api = useApi();
  const [query, setQuery] = useQueryState();
  const asked = useMemo(() => [...new Set(readIds(query.runs ?? ""))], [query.runs]);
  const ids = useMemo(() => asked.slice(0, MOST), [asked]);
  const results = useQueries({ queries: ids.map((id) => ({ queryKey: keys.run(id), queryFn: () => api.getRun(id) })) });
  const failed = results.find((result) => result.error);
  const runs = results.flatMap(({ data }) => data ?? []);
  const colourOf = useRunColours(ids);
  const missing = ids.filter((_, at) => results[at]?.error instanceof ApiError && results[at].error.isMissing);
  const common = runs.length === ids.length && runs.every((run) => run.experimentId === runs[0]?.experimentId) ? (runs[0]?.experimentId ?? "") : "";
  const experiment = useExperiment(common).data;
  const crumbs = experiment ? (
    <ExperimentCrumbs names={[experiment.name]} experimentId={experiment.id}>
      <CrumbHere>Compare {plural(ids.length, "run")}</CrumbHere>
    </ExperimentCrumbs>
  ) : (
    <>
      <Link to="/experiments" className={crumbClass}>
        Experiments
      </Link>
      <CrumbSlash />
      <CrumbHere>Compare {plural(ids.length, "run")}</CrumbHere>
    </>
  );
  return (
    <Page title={`Compare ${plural(ids.length, "run")}`} crumbs={crumbs}>
      {ids.length < 2 ? (
        <EmptyState title="Nothing to compare yet" text="Choose two to fifty runs in a table (the x key chooses), then compare them with the c key.">
          <LinkButton render={<Link to="/experiments" />}>Go to the experiments</LinkButton>
        </EmptyState>
      ) : missing.length ? (
        <EmptyState
          title={missing.length === 1 ? "One of the runs is gone" : `${plural(missing.length, "run")} are gone`}
          text="They may have been removed from the trash for ever, or the address is cut short. The others are still here."
        >
          <Button look="primary" onClick={() => setQuery({ runs: ids.filter((id) => !missing.includes(id)).join(",") })}>
            Compare the other {plural(ids.length - missing.length, "run")}
          </Button>
        </EmptyState>
      ) : failed?.error ? (
        <FailureState what="One of the runs could not be loaded" error={failed.error} retry={() => void failed.refetch()} />
      ) : runs.length === ids.length ? (
        <>
          {asked.length > MOST && (
            <p className={styles.limit} role="status">
              The first {MOST} of {count(asked.length)} runs; more cannot be told apart.
            </p>
          )}
          <Comparison runs={runs} query={query} setQuery={setQuery} colourOf={colourOf} />
        </>
      ) : (
        <Bones label="The runs are loading">
          {[30, 90, 80, 85, 75].map((width) => (
            <Bone key={width} width={`${width}%`} height={18} />
          ))}
        </Bones>
      )}
    </Page>
  );
}

export interface ComparisonProps {
  runs: Run[];
  query: Query;
  setQuery: SetQuery;
  colourOf: (id: string) => string;
}

function Comparison(props: ComparisonProps) {
  const { query, setQuery } = props;
  const tab = TABS.find(({ key }) => key === query.tab)?.key ?? "differences";
  const setTab = (next: Tab) => setQuery({ tab: next === "differences" ? undefined : next });
  useShortcuts(TABS.map(({ key, word }, at) => ({ keys: String(at + 1), label: word, run: () => setTab(key) })));
  const tabs = <Segments segments={TABS} chosen={tab} onChoose={setTab} />;
  switch (tab) {
    case "differences":
      return <DifferencesTab {...props} tabs={tabs} />;
    case "charts":
      return (
        <>
          <div className={styles.line}>{tabs}</div>
          <Suspense>
            <CompareCharts {...props} />
          </Suspense>
        </>
      );
    case "images":
      return <ImagesTab {...props} tabs={tabs} />;
    case "code":
      return <CodeTab {...props} tabs={tabs} />;
    case "why":
      return <WhyTab {...props} tabs={tabs} />;
  }
}
