import { useNavigate, useParams } from "@tanstack/react-router";
import { Copy, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { HERE } from "../../api/here";
import type { RegisteredModel } from "../../api/registry/model";
import { useModel } from "../../api/registry/queries";
import { usePromotions } from "../../api/registry/ruleQueries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Menu } from "../../components/Menu";
import { Page } from "../../components/Page";
import { PageFacts, PageHead, PageName } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { Ago } from "../../components/Time";
import { useQueryState } from "../../components/useQuery";
import { count, cutMiddle, plural } from "../../lib/format";
import { placeIn } from "../../lib/workspaces";
import { RoleMark } from "../../records/accounts/RoleMark";
import { useAccessEntry } from "../../records/accounts/useAccessEntry";
import { useRights } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { AliasesTab } from "./AliasesTab";
import { EditModel } from "./EditModel";
import { MissingModel } from "./MissingModel";
import { ModelCrumbs } from "./ModelCrumbs";
import { PolicyTab } from "./PolicyTab";
import { PromotionsTab } from "./PromotionsTab";
import { VersionsTab } from "./VersionsTab";
import { useModelEdits } from "./useModelEdits";
import styles from "./models.module.css";

const TABS = ["versions", "aliases", "promotions", "policy"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = { versions: "Versions", aliases: "Aliases", promotions: "Promotions", policy: "Policy" };

/** A registered model: its versions, where its aliases point and pointed, and what is decided about it. */
export function ModelPage() {
  const { name } = useParams({ from: "/models/$name" });
  const { data: model, error, refetch } = useModel(name);
  return (
    <Page title={name} crumbs={<ModelCrumbs name={name} />} actions={model && <ModelActions model={model} />}>
      {error instanceof ApiError && error.isMissing && !model ? (
        <MissingModel what={`No model is named “${cutMiddle(name, 80)}”. It may have been renamed or deleted.`} />
      ) : error && !model ? (
        <FailureState what="This model could not be loaded" error={error} retry={() => void refetch()} />
      ) : model ? (
        <ModelBody model={model} />
      ) : (
        <Bones label="The model is loading">
          <Bone width={240} height={24} />
          <Bone width={420} height={16} />
          <Bone width="80%" height={18} />
          <Bone width="70%" height={18} />
        </Bones>
      )}
    </Page>
  );
}

function ModelBody({ model }: { model: RegisteredModel }) {
  const [query, setQuery] = useQueryState();
  const tab = TABS.find((t) => t === query.tab) ?? "versions";
  const nAsked = usePromotions(model.name).data?.filter(({ state }) => state === "open").length;
  const counts: Partial<Record<Tab, string | undefined>> = {
    versions: count(model.nVersions),
    aliases: count(Object.keys(model.aliases).length),
    promotions: nAsked ? `${count(nAsked)} open` : undefined,
  };
  const open = (next: Tab) => setQuery({ tab: next === "versions" ? undefined : next });
  useShortcuts(TABS.map((t, at) => ({ keys: String(at + 1), label: WORDS[t], run: () => open(t) })));
  const edits = useModelEdits(model.name);
  const { abilities, to } = useRights(placeIn(HERE, "model", model.name));
  const owner = model.newest?.card.owner || model.user;
  return (
    <>
      <PageHead>
        <PageName>
          <h2 title={model.name}>{cutMiddle(model.name, 90)}</h2>
        </PageName>
        <PageFacts>
          <RoleMark abilities={abilities} />
          <span>{plural(model.nVersions, "version")}</span>
          <span>
            updated <Ago ms={model.updatedMs} />
          </span>
          {owner && <span>owned by {owner}</span>}
          {model.newest?.card.framework && <span>{[model.newest.card.framework, model.newest.card.algorithm].filter(Boolean).join(" · ")}</span>}
          {model.newest?.card.task && <span>{model.newest.card.task}</span>}
        </PageFacts>
        <Tabs label="Parts of the model" tabs={TABS.map((key) => ({ key, word: WORDS[key], count: counts[key] }))} chosen={tab} onChoose={open} />
      </PageHead>
      <div className={styles.body} role="tabpanel" aria-label={WORDS[tab]}>
        {tab === "versions" && <VersionsTab model={model} edits={edits} to={to} />}
        {tab === "aliases" && <AliasesTab model={model} edits={edits} denied={to("moveAliases")} query={query} setQuery={setQuery} />}
        {tab === "promotions" && <PromotionsTab model={model} edits={edits} to={to} query={query} setQuery={setQuery} />}
        {tab === "policy" && <PolicyTab name={model.name} />}
      </div>
    </>
  );
}

function ModelActions({ model }: { model: RegisteredModel }) {
  const navigate = useNavigate();
  const edits = useModelEdits(model.name);
  const [doing, setDoing] = useState<"rename" | "delete" | null>(null);
  const close = () => setDoing(null);
  const place = placeIn(HERE, "model", model.name);
  const access = useAccessEntry(place, model.name);
  const { to } = useRights(place);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label="More">
            <MoreHorizontal size={15} />
          </IconButton>
        }
        entries={[
          { label: "Copy the name", icon: <Copy size={14} />, onSelect: () => void navigator.clipboard.writeText(model.name) },
          { label: "Rename the model", icon: <Pencil size={14} />, onSelect: () => setDoing("rename"), denied: to("renameModel") },
          ...access.entries,
          "line",
          { label: "Delete the model", icon: <Trash2 size={14} />, danger: true, onSelect: () => setDoing("delete"), denied: to("deleteModel") },
        ]}
      />
      {access.dialog}
      {doing === "rename" && <EditModel name={model.name} onClose={close} />}
      <Dialog
        open={doing === "delete"}
        onClose={close}
        title="Delete this model?"
        foot={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button
              look="danger"
              onClick={() => {
                close();
                void edits.deleteModel().then((isDone) => void (isDone && navigate({ to: "/models" })));
              }}
            >
              Delete {plural(model.nVersions, "version")}
            </Button>
          </>
        }
      >
        <p>
          <b>{cutMiddle(model.name, 60)}</b> goes with its versions, aliases and their history, for good. Runs and their files stay.
        </p>
      </Dialog>
    </>
  );
}
