import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Columns2, Copy, CopyPlus, GitPullRequestArrow, MoreHorizontal, Tag, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { HERE } from "../../api/here";
import { type ModelVersion, type RegisteredModel, STAGES } from "../../api/registry/model";
import { useModel, useVersion } from "../../api/registry/queries";
import { usePromotions } from "../../api/registry/ruleQueries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { LinkButton } from "../../components/LinkButton";
import { Menu } from "../../components/Menu";
import { CrumbHere, Page } from "../../components/Page";
import { PageFacts, PageHead, PageName } from "../../components/PageHead";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { Ago } from "../../components/Time";
import { useQueryState } from "../../components/useQuery";
import { bytes, count, cutMiddle } from "../../lib/format";
import { placeIn } from "../../lib/workspaces";
import { AliasChips } from "../../records/Alias";
import { RoleMark } from "../../records/accounts/RoleMark";
import { useRights } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { FileBrowser } from "../../records/FileBrowser";
import { RegisterModel } from "../../records/RegisterModel";
import { AskPromotion } from "./AskPromotion";
import { MissingModel } from "./MissingModel";
import { ModelCrumbs } from "./ModelCrumbs";
import { PromotionMark } from "./PromotionMark";
import { SetAlias } from "./SetAlias";
import { TryTab } from "./TryTab";
import { UseTab } from "./UseTab";
import { NotReady, VersionStateMark } from "./VersionState";
import { VersionOverview } from "./VersionOverview";
import { useModelEdits } from "./useModelEdits";
import { useVersionFiles } from "./versionFiles";
import styles from "./models.module.css";

const TABS = ["overview", "files", "use", "try"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = { overview: "Overview", files: "Files", use: "Load and call", try: "Try it out" };

/** One version: what it is, where it came from, how it is called. The address takes a number, or an alias. */
export function VersionPage() {
  const { name, version: asked } = useParams({ from: "/models/$name/$version" });
  const model = useModel(name);
  const number = /^\d+$/.test(asked) ? Number(asked) : (model.data?.aliases[asked.replace(/^@/, "")] ?? Number.NaN);
  const { data: version, error, refetch } = useVersion(name, number);
  // Of a model that is not there the version is not either: what is missing is known once the model is looked up.
  const isUnknown = model.data !== undefined && ((error instanceof ApiError && error.isMissing) || !Number.isInteger(number));
  const failure = model.isPending ? null : (error ?? model.error);
  const title = Number.isInteger(number) ? `${name} v${number}` : name;
  return (
    <Page
      title={title}
      crumbs={
        <ModelCrumbs name={name}>
          <CrumbHere>{Number.isInteger(number) ? `Version ${number}` : asked}</CrumbHere>
        </ModelCrumbs>
      }
      actions={version && model.data && <VersionActions key={version.version} version={version} model={model.data} />}
    >
      {model.error instanceof ApiError && model.error.isMissing ? (
        <MissingModel what={`No model is named “${cutMiddle(name, 80)}”. It may have been renamed or deleted.`} />
      ) : isUnknown && !version ? (
        <EmptyState title="There is no such version" text={`“${cutMiddle(name, 60)}” has no version or alias ${cutMiddle(asked, 40)}. Versions that were deleted do not come back.`}>
          <LinkButton look="primary" render={<Link to="/models/$name" params={{ name }} />}>
            See the versions there are
          </LinkButton>
        </EmptyState>
      ) : failure && !version ? (
        <FailureState what="This version could not be loaded" error={failure} retry={() => void refetch()} />
      ) : version ? (
        <VersionBody key={version.version} version={version} />
      ) : (
        <Bones label="The version is loading">
          <Bone width={260} height={24} />
          <Bone width={480} height={16} />
          <Bone width="80%" height={60} />
          <Bone width="60%" height={18} />
        </Bones>
      )}
    </Page>
  );
}

function VersionBody({ version }: { version: ModelVersion }) {
  const [query, setQuery] = useQueryState();
  const { abilities, to } = useRights(placeIn(HERE, "model", version.name));
  const files = useVersionFiles(version.name, version.version);
  const tab = TABS.find((t) => t === query.tab) ?? "overview";
  const open = (next: Tab) => setQuery({ tab: next === "overview" ? undefined : next });
  useShortcuts(TABS.map((t, at) => ({ keys: String(at + 1), label: WORDS[t], run: () => open(t) })));
  return (
    <>
      <PageHead>
        <PageName>
          <h2 title={`${version.name} version ${version.version}`}>
            {cutMiddle(version.name, 70)} <span className={styles.quiet}>v{version.version}</span>
          </h2>
          <AliasChips name={version.name} aliases={version.aliases.map((alias) => [alias, version.version])} />
          {version.status !== "ready" && <VersionStateMark status={version.status} />}
          {version.stage !== "None" && <span className={styles.stage}>{version.stage}</span>}
          <AskedFor version={version} />
        </PageName>
        <PageFacts>
          <RoleMark abilities={abilities} />
          <span>
            registered <Ago ms={version.createdMs} />
          </span>
          {version.user && <span>by {version.user}</span>}
          {version.files && <span>{bytes(version.files.nBytes)}</span>}
          <code title="Address of this version">
            models:/{cutMiddle(version.name, 50)}/{version.version}
          </code>
        </PageFacts>
        <Tabs
          label="Parts of the version"
          tabs={TABS.map((key) => ({ key, word: WORDS[key], count: key === "files" && version.files ? count(version.files.nFiles) : undefined }))}
          chosen={tab}
          onChoose={open}
        />
      </PageHead>
      <div className={styles.body} role="tabpanel" aria-label={WORDS[tab]}>
        {version.status !== "ready" && <NotReady version={version} />}
        {tab === "overview" && <VersionOverview version={version} denied={to("changeModel")} />}
        {tab === "files" && version.status === "ready" && (
          <FileBrowser
            files={files}
            chosen={query.file}
            onChoose={(path) => setQuery({ file: path })}
            empty={<EmptyState title="No files" text="Nothing lies where this version came from. Its files may have been removed." />}
          />
        )}
        {tab === "use" && version.status === "ready" && <UseTab version={version} query={query} setQuery={setQuery} />}
        {tab === "try" && version.status === "ready" && <TryTab version={version} />}
      </div>
    </>
  );
}

/** The requests that wait for a decision about this version. */
function AskedFor({ version: { name, version } }: { version: ModelVersion }) {
  const open = usePromotions(name).data?.filter((request) => request.state === "open" && request.version === version) ?? [];
  return open.map(({ id, alias }) => (
    <Link key={id} to="/models/$name" params={{ name }} search={{ tab: "promotions", request: id }} className={styles.asked}>
      <PromotionMark state="open" wordless />
      asked to be {alias}
    </Link>
  ));
}

function VersionActions({ version, model }: { version: ModelVersion; model: RegisteredModel }) {
  const navigate = useNavigate();
  const { aliases } = model;
  const edits = useModelEdits(version.name);
  const [doing, setDoing] = useState<"alias" | "ask" | "copy" | "delete" | null>(null);
  const close = () => setDoing(null);
  const isReady = version.status === "ready";
  const { to } = useRights(placeIn(HERE, "model", version.name));
  const others = Object.values(aliases).filter((other) => other !== version.version);
  const other = others.length ? Math.max(...others) : version.version - 1;
  const address = `models:/${version.name}/${version.version}`;
  const compare = () =>
    void navigate({ to: "/models/$name/compare", params: { name: version.name }, search: { versions: [other, version.version].sort((a, b) => a - b).join(",") } });
  useShortcuts([
    { keys: "a", label: "Point an alias to the version", run: () => isReady && setDoing("alias"), denied: to("moveAliases") },
    { keys: "p", label: "Ask for a promotion", run: () => isReady && setDoing("ask"), denied: to("askForPromotion") },
    { keys: "c", label: "Compare with another version", run: () => other > 0 && compare() },
  ]);
  return (
    <>
      {other > 0 && (
        <Button look="quiet" onClick={compare}>
          <Columns2 size={14} />
          Compare with v{other}
        </Button>
      )}
      <Button denied={to("askForPromotion")} disabled={!isReady} onClick={() => setDoing("ask")}>
        <GitPullRequestArrow size={14} />
        Ask for promotion
      </Button>
      <Button look="primary" denied={to("moveAliases")} disabled={!isReady} onClick={() => setDoing("alias")}>
        <Tag size={14} />
        Set alias
      </Button>
      <Menu
        align="end"
        trigger={
          <IconButton label="More">
            <MoreHorizontal size={15} />
          </IconButton>
        }
        entries={[
          { label: "Copy the address", icon: <Copy size={14} />, note: cutMiddle(address, 28), onSelect: () => void navigator.clipboard.writeText(address) },
          { label: "Copy under another name", icon: <CopyPlus size={14} />, disabled: !isReady, onSelect: () => setDoing("copy") },
          { heading: "Stage, as older clients use it" },
          ...STAGES.map((stage) => ({
            label: stage,
            checked: version.stage === stage,
            denied: to("setStage"),
            onSelect: () => void (stage !== version.stage && edits.setStage(version.version, stage, version.stage)),
          })),
          "line",
          { label: "Delete the version", icon: <Trash2 size={14} />, danger: true, denied: to("deleteVersion"), onSelect: () => setDoing("delete") },
        ]}
      />
      {doing === "ask" && (
        <AskPromotion
          model={model}
          version={version}
          onClose={close}
          onAsked={({ id }) => {
            close();
            void navigate({ to: "/models/$name", params: { name: version.name }, search: { tab: "promotions", request: id } });
          }}
        />
      )}
      {doing === "copy" && <RegisterModel source={address} runId={version.runId} modelId={version.modelId} copied={version} onClose={close} />}
      {doing === "alias" && <SetAlias version={version.version} aliases={aliases} edits={edits} onClose={close} />}
      <Dialog
        open={doing === "delete"}
        onClose={close}
        title={`Delete version ${version.version}?`}
        foot={
          <>
            <Button onClick={close}>Keep it</Button>
            <Button
              look="danger"
              onClick={() => {
                close();
                void edits.deleteVersion(version.version).then((isDone) => void (isDone && navigate({ to: "/models/$name", params: { name: version.name } })));
              }}
            >
              Delete version {version.version}
            </Button>
          </>
        }
      >
        <p>
          It goes for good, with {version.aliases.length ? `the aliases ${version.aliases.join(", ")}` : "its tags"}; its number is never given again. The run and its files stay.
        </p>
      </Dialog>
    </>
  );
}
