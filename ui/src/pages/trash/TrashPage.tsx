import { CrumbHere, Page } from "../../components/Page";
import { Segments } from "../../components/Segments";
import { useShortcuts } from "../../components/Shortcuts";
import { useQueryState } from "../../components/useQuery";
import { StorageTab } from "./StorageTab";
import { TrashTab } from "./TrashTab";

const TABS = [
  { key: "trash", word: "Trash" },
  { key: "storage", word: "Storage" },
] as const;
type Tab = (typeof TABS)[number]["key"];

/** What was deleted and can come back, and what takes up space. */
export function TrashPage() {
  const [query, setQuery] = useQueryState();
  const tab = query.tab === "storage" ? "storage" : "trash";
  const setTab = (next: Tab) => setQuery({ tab: next === "trash" ? undefined : next, experiment: undefined });
  useShortcuts(TABS.map(({ key, word }, at) => ({ keys: String(at + 1), label: word, run: () => setTab(key) })));
  const tabs = <Segments segments={TABS} chosen={tab} onChoose={setTab} />;
  return (
    <Page title="Trash and storage" crumbs={<CrumbHere>Trash and storage</CrumbHere>}>
      {tab === "storage" ? <StorageTab tabs={tabs} experimentId={query.experiment ?? null} setQuery={setQuery} /> : <TrashTab tabs={tabs} />}
    </Page>
  );
}
