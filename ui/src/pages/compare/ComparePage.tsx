import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Suspense, lazy, useMemo } from "react";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { keys } from "../../api/queries";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { EmptyState } from "../../components/States";
import { LinkButton } from "../../components/LinkButton";
import { useShortcuts } from "../../components/Shortcuts";
import { type SetQuery, useQueryState } from "../../components/useQuery";
import { plural } from "../../lib/format";
import type { Query } from "../../lib/query";
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
  ["differences", "Differences"],
  ["charts", "Charts"],
  ["images", "Images"],
  ["code", "Code"],
  ["why", "Why better"],
] as const;
type Tab = (typeof TABS)[number][0];

/** Runs beside each other. */
export function ComparePage() {
  const api = useApi();
  const [query, setQuery] = useQueryState();
  const ids = useMemo(() => [...new Set((query.runs ?? "").split(",").filter(Boolean))].slice(0, MOST), [query.runs]);
  const results = useQueries({ queries: ids.map((id) => ({ queryKey: keys.run(id), queryFn: () => api.getRun(id) })) });
  const failed = results.find((result) => result.error);
  const runs = results.flatMap(({ data }) => data ?? []);
  const colourOf = useRunColours(ids);
  const crumbs = (
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
      ) : failed?.error ? (
        <FailureState what="One of the runs could not be loaded" error={failed.error} retry={() => void failed.refetch()} />
      ) : runs.length === ids.length ? (
        <Comparison runs={runs} query={query} setQuery={setQuery} colourOf={colourOf} />
      ) : null}
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
  const tab = TABS.find(([value]) => value === query.tab)?.[0] ?? "differences";
  const setTab = (next: Tab) => setQuery({ tab: next === "differences" ? undefined : next });
  useShortcuts(TABS.map(([value, word], at) => ({ keys: String(at + 1), label: word, run: () => setTab(value) })));
  const tabs = (
    <div className={styles.tabs} role="tablist" aria-label="View">
      {TABS.map(([value, word]) => (
        <button key={value} type="button" role="tab" aria-selected={value === tab} onClick={() => setTab(value)}>
          {word}
        </button>
      ))}
    </div>
  );
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
