import { useLiveJobs } from "../../api/work/queries";
import { CrumbHere, Page } from "../../components/Page";
import { PageHead } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Tabs } from "../../components/Tabs";
import { useQueryState } from "../../components/useQuery";
import { AgentsTab } from "./AgentsTab";
import { QueueTab } from "./QueueTab";
import { SecretsTab } from "./SecretsTab";
import { TargetsTab } from "./TargetsTab";
import styles from "./jobs.module.css";

const TABS = ["queue", "agents", "targets", "secrets"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = { queue: "Jobs", agents: "Agents", targets: "Targets", secrets: "Secrets" };

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
