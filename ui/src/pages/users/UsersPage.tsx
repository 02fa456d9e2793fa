import { useAccount } from "../../api/accounts/queries";
import { CrumbHere, Page } from "../../components/Page";
import { PageHead } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { useQueryState } from "../../components/useQuery";
import { GroupsTab } from "./GroupsTab";
import { RolesTab } from "./RolesTab";
import { UsersTab } from "./UsersTab";

/** Who there is; for administrators. */
export function UsersPage() {
  const account = useAccount();
  const [query, setQuery] = useQueryState();
  const tab = query.tab === "groups" || query.tab === "roles" ? query.tab : "users";
  const choose = (key: string) => setQuery({ tab: key === "users" ? undefined : key, q: undefined });
  useShortcuts([
    { keys: "1", label: "Users", run: () => choose("users") },
    { keys: "2", label: "Groups", run: () => choose("groups") },
    { keys: "3", label: "Roles", run: () => choose("roles") },
  ]);
  const crumbs = <CrumbHere>Users and groups</CrumbHere>;
  if (!account?.isAdmin) {
    return (
      <Page title="Users and groups" crumbs={crumbs}>
        <EmptyState
          title={account ? "This page is for administrators" : "This server has no users"}
          text={account ? "They add users and groups, and make links by which one chooses a password." : "Whoever reaches it may do everything. Start it with this option, and it asks who is there:"}
          {...(account ? {} : { code: "runfold server --auth" })}
        />
      </Page>
    );
  }
  return (
    <Page title="Users and groups" crumbs={crumbs}>
      <PageHead>
        <Tabs
          label="Users and groups"
          tabs={[
            { key: "users", word: "Users" },
            { key: "groups", word: "Groups" },
            { key: "roles", word: "Roles" },
          ]}
          chosen={tab}
          onChoose={choose}
        />
      </PageHead>
      {tab === "groups" ? <GroupsTab /> : tab === "roles" ? <RolesTab /> : <UsersTab me={account.name} />}
    </Page>
  );
}
