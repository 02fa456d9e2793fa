import { Link } from "@tanstack/react-router";
import { usePolicy } from "../../api/registry/ruleQueries";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { PageHead } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Tabs } from "../../components/Tabs";
import { useQueryState } from "../../components/useQuery";
import { FailureState } from "../../records/FailureState";
import { PolicyForm } from "./PolicyForm";
import { PolicyBones } from "./PolicyTab";
import { WebhooksTab } from "./WebhooksTab";
import shared from "./models.module.css";

const TABS = ["policy", "webhooks"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = { policy: "Policy", webhooks: "Webhooks" };

/** What holds for all models of the server, and who is told of changes. */
export function RegistryPage() {
  const [query, setQuery] = useQueryState();
  const tab = TABS.find((t) => t === query.tab) ?? "policy";
  const open = (next: Tab) => setQuery({ tab: next === "policy" ? undefined : next });
  useShortcuts(TABS.map((t, at) => ({ keys: String(at + 1), label: WORDS[t], run: () => open(t) })));
  return (
    <Page
      title="Rules of the registry"
      crumbs={
        <>
          <Link to="/models" className={crumbClass}>
            Models
          </Link>
          <CrumbSlash />
          <CrumbHere>Rules and webhooks</CrumbHere>
        </>
      }
    >
      <PageHead>
        <Tabs label="Parts of the registry" tabs={TABS.map((key) => ({ key, word: WORDS[key] }))} chosen={tab} onChoose={open} />
      </PageHead>
      <div className={shared.body} role="tabpanel" aria-label={WORDS[tab]}>
        {tab === "policy" ? <ServerPolicy /> : <WebhooksTab query={query} setQuery={setQuery} />}
      </div>
    </Page>
  );
}

function ServerPolicy() {
  const policy = usePolicy("");
  if (policy.error && !policy.data) return <FailureState what="The policy of the server could not be loaded" error={policy.error} retry={() => void policy.refetch()} />;
  return (
    <div className={shared.plain}>
      <p className={shared.quiet}>Which models may be registered on this server. A model may have a policy of its own on its page, which goes before this one.</p>
      {policy.data ? <PolicyForm name="" policy={policy.data} /> : <PolicyBones />}
    </div>
  );
}
