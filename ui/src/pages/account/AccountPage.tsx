import { useAccount } from "../../api/accounts/queries";
import { CrumbHere, Page } from "../../components/Page";
import { PageHead } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { useQueryState } from "../../components/useQuery";
import { ProfileTab } from "./ProfileTab";
import { TokensTab } from "./TokensTab";

/** Of who is signed in: password, browsers, tokens. */
export function AccountPage() {
  const account = useAccount();
  const [query, setQuery] = useQueryState();
  const tab = query.tab === "tokens" ? "tokens" : "profile";
  const choose = (key: string) => setQuery({ tab: key === "profile" ? undefined : key });
  useShortcuts([
    { keys: "1", label: "Password and browsers", run: () => choose("profile") },
    { keys: "2", label: "Tokens", run: () => choose("tokens") },
  ]);
  const crumbs = <CrumbHere>{account ? `Your account, ${account.name}` : "Your account"}</CrumbHere>;
  if (!account) {
    return (
      <Page title="Your account" crumbs={crumbs}>
        <EmptyState title="This server has no users" text="Whoever reaches it may do everything. Start it with this option, and it asks who is there:" code="runfold server --auth" />
      </Page>
    );
  }
  return (
    <Page title="Your account" crumbs={crumbs} scroll>
      <PageHead>
        <Tabs
          label="Your account"
          tabs={[
            { key: "profile", word: "Password and browsers" },
            { key: "tokens", word: "Tokens" },
          ]}
          chosen={tab}
          onChoose={choose}
        />
      </PageHead>
      {tab === "tokens" ? <TokensTab user={account.name} /> : <ProfileTab name={account.name} />}
    </Page>
  );
}
