import { useAccount } from "../../api/accounts/queries";
import { HERE } from "../../api/here";
import { CrumbHere, Page } from "../../components/Page";
import { Segments } from "../../components/Segments";
import { useShortcuts } from "../../components/Shortcuts";
import { useQueryState } from "../../components/useQuery";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import { useRightsHere } from "../../records/accounts/useRights";
import { Rules } from "../../records/retention/Rules";
import { StorageTab } from "./StorageTab";
import { TrashTab } from "./TrashTab";
import { UsageTab } from "./UsageTab";

const TRASH = { key: "trash", word: "Trash" } as const;
const STORAGE = { key: "storage", word: "Storage" } as const;
const USAGE = { key: "usage", word: "Quotas" } as const;
const RULES = { key: "rules", word: "Rules" } as const;
type Tab = (typeof TRASH | typeof STORAGE | typeof USAGE | typeof RULES)["key"];

/** What was deleted and can come back, what takes up space; for administrators who may keep what, and for managers of the workspace for how long. */
export function TrashPage() {
  const [query, setQuery] = useQueryState();
  const account = useAccount();
  const rights = useRightsHere();
  const isAdmin = account === null || account.isAdmin;
  const all = [TRASH, STORAGE, ...(account?.isAdmin ? [USAGE] : []), ...(isAdmin || rights.abilities?.includes("retain") ? [RULES] : [])];
  const tab: Tab = all.find(({ key }) => key === query.tab)?.key ?? "trash";
  const setTab = (next: Tab) => setQuery({ tab: next === "trash" ? undefined : next, experiment: undefined });
  useShortcuts(all.map(({ key, word }, at) => ({ keys: String(at + 1), label: word, run: () => setTab(key) })));
  const tabs = <Segments segments={all} chosen={tab} onChoose={setTab} />;
  return (
    <Page title="Trash and storage" crumbs={<CrumbHere>Trash and storage</CrumbHere>}>
      {tab === "storage" && <StorageTab tabs={tabs} experimentId={query.experiment ?? null} setQuery={setQuery} />}
      {tab === "trash" && <TrashTab tabs={tabs} />}
      {tab === "usage" && <UsageTab tabs={tabs} />}
      {tab === "rules" && <Rules tabs={tabs} workspace={isAdmin ? null : HERE || DEFAULT_WORKSPACE} />}
    </Page>
  );
}
