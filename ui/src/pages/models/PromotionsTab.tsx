import { GitPullRequestArrow } from "lucide-react";
import { useState } from "react";
import type { RegisteredModel } from "../../api/registry/model";
import { useVersions } from "../../api/registry/queries";
import type { Promotion } from "../../api/registry/rules";
import { usePromotions } from "../../api/registry/ruleQueries";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import type { SetQuery } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { plural } from "../../lib/format";
import type { Query } from "../../lib/query";
import type { Rights } from "../../records/accounts/denials";
import { FailureState } from "../../records/FailureState";
import { AskPromotion } from "./AskPromotion";
import { PromotionDetail } from "./PromotionDetail";
import { PromotionMark } from "./PromotionMark";
import { approvers } from "./gates";
import type { ModelEdits } from "./useModelEdits";
import list from "./ListAndOne.module.css";
import shared from "./models.module.css";

const MOST_VERSIONS = 40;

/** Requests that an alias move: those that wait, then those that are decided. */
export function PromotionsTab({ model, edits, to, query, setQuery }: { model: RegisteredModel; edits: ModelEdits; to: Rights["to"]; query: Query; setQuery: SetQuery }) {
  const { data: requests, error, refetch } = usePromotions(model.name);
  const denied = to("askForPromotion");
  const [asked, setAsked] = useState<number | null>(null);
  const versions = useVersions(model.name).data?.pages.flatMap((page) => page.items) ?? [];
  const listed = requests ? [...requests.filter(({ state }) => state === "open"), ...requests.filter(({ state }) => state !== "open")] : [];
  const chosen = listed.find(({ id }) => id === query.request) ?? listed[0];
  const place = listed.findIndex(({ id }) => id === chosen?.id);
  const choose = (request: Promotion | undefined) => request && setQuery({ request: request.id }, { replace: true });
  useShortcuts([
    { keys: "j", label: "Next request", run: () => choose(listed[place + 1]) },
    { keys: "k", label: "Previous request", run: () => choose(listed[place - 1]) },
    { keys: "n", label: "Ask for a promotion", run: () => model.newest && setAsked(model.newest.version), denied },
  ]);
  if (error && !requests) return <FailureState what="The promotion requests could not be loaded" error={error} retry={() => void refetch()} />;
  const version = versions.find((one) => one.version === asked) ?? (asked === model.newest?.version ? model.newest : null);
  const ask = model.newest && (
    <Menu
      align="end"
      trigger={
        <Button small={listed.length > 0} denied={denied} look={listed.length ? "plain" : "primary"}>
          <GitPullRequestArrow size={13} />
          Ask for a promotion
        </Button>
      }
      entries={[
        { heading: "Of which version" },
        ...versions.slice(0, MOST_VERSIONS).map(({ version: number, aliases }) => ({
          label: `Version ${number}`,
          note: aliases.map((alias) => `@${alias}`).join(" "),
          onSelect: () => setAsked(number),
        })),
      ]}
    />
  );
  const dialog = version && (
    <AskPromotion
      model={model}
      version={version}
      onClose={() => setAsked(null)}
      onAsked={(request) => {
        setAsked(null);
        setQuery({ request: request.id });
      }}
    />
  );
  if (!requests) {
    return (
      <Bones label="The promotion requests are loading">
        <Bone width="40%" height={36} />
        <Bone width="40%" height={36} />
      </Bones>
    );
  }
  if (!chosen) {
    return (
      <>
        <EmptyState
          title="Nobody has asked for a promotion yet"
          text="A request asks that an alias such as champion move to a version. Gates are checked against the version that it points to now, people approve, and then the alias moves, with the request in its history. On the command line:"
          code={`runfold models promote ${JSON.stringify(`${model.name}/${model.newest?.version ?? 1}`)} champion --approvals 1`}
        >
          {ask}
        </EmptyState>
        {dialog}
      </>
    );
  }
  const nOpen = listed.filter(({ state }) => state === "open").length;
  return (
    <div className={list.split}>
      <div className={list.list}>
        <div className={shared.bar}>
          {nOpen ? `${nOpen} open` : "None is open"}
          <span className={shared.end}>{ask}</span>
        </div>
        <ul aria-label="Promotion requests">
          {listed.map((request) => (
            <li key={request.id}>
              <button type="button" aria-current={request.id === chosen.id} className={classes(list.entry, request.id === chosen.id && list.here)} onClick={() => choose(request)}>
                <PromotionMark state={request.state} wordless />
                <span className={list.what}>
                  <b>
                    @{request.alias} to v{request.version}
                  </b>
                  <span>
                    {[request.user, standing(request)].filter(Boolean).join(" · ")}
                  </span>
                </span>
                <span className={list.when}>
                  <Ago ms={request.createdMs} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <PromotionDetail key={chosen.id} request={chosen} now={model.aliases[chosen.alias] ?? null} edits={edits} to={to} />
      {dialog}
    </div>
  );
}

/** How far a request has come, in a few words. */
function standing(request: Promotion): string {
  if (request.state !== "open") return request.state;
  const nPassed = request.results.filter(({ passed }) => passed).length;
  return [
    ...(request.results.length ? [`${nPassed} of ${plural(request.results.length, "gate")}`] : []),
    ...(request.nApprovals ? [`${approvers(request).length} of ${plural(request.nApprovals, "approval")}`] : []),
  ].join(" · ");
}
