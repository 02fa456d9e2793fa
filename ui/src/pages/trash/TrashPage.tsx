import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { useQueryState } from "../../components/useQuery";
import { StorageTab } from "./StorageTab";
import { TrashTab } from "./TrashTab";
import styles from "./TrashPage.module.css";

/** What was deleted and can come back, and what takes up space. */
export function TrashPage() {
  const [query, setQuery] = useQueryState();
  const isStorage = query.tab === "storage";
  const setTab = (tab: string) => setQuery({ tab: tab === "trash" ? undefined : tab, experiment: undefined });
  useShortcuts([
    { keys: "1", label: "Trash", run: () => setTab("trash") },
    { keys: "2", label: "Storage", run: () => setTab("storage") },
  ]);
  const tabs = (
    <div className={styles.tabs} role="tablist" aria-label="View">
      <button type="button" role="tab" aria-selected={!isStorage} onClick={() => setTab("trash")}>
        Trash
      </button>
      <button type="button" role="tab" aria-selected={isStorage} onClick={() => setTab("storage")}>
        Storage
      </button>
    </div>
  );
  return (
    <Page title="Trash and storage" crumbs={<CrumbHere>Trash and storage</CrumbHere>}>
      {isStorage ? <StorageTab tabs={tabs} experimentId={query.experiment ?? null} setQuery={setQuery} /> : <TrashTab tabs={tabs} />}
    </Page>
  );
}
