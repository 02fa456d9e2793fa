import { Link, useNavigate } from "@tanstack/react-router";
import { Columns2, MoreHorizontal, Plus, Undo2 } from "lucide-react";
import { useMemo, useState } from "react";
import type { ModelVersion, RegisteredModel } from "../../api/registry/model";
import { useAliasMoves, useVersions } from "../../api/registry/queries";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Grid } from "../../components/Grid";
import { Menu } from "../../components/Menu";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { aliasLanes } from "../../lib/aliasTime";
import { cutMiddle, plural } from "../../lib/format";
import { AliasChips } from "../../records/Alias";
import type { Rights } from "../../records/accounts/denials";
import { FailureState } from "../../records/FailureState";
import { NoteEditor } from "../../records/NoteEditor";
import { TagEditor } from "../../records/TagEditor";
import { registerScript } from "../../records/firstModel";
import { ownTags } from "../../records/tags";
import { SetAlias } from "./SetAlias";
import type { ModelEdits } from "./useModelEdits";
import { versionColumns } from "./versionColumns";
import styles from "./models.module.css";

const MOST_COMPARED = 6;

/** What the model is for, and its versions, the newest first. */
export function VersionsTab({ model, edits, to }: { model: RegisteredModel; edits: ModelEdits; to: Rights["to"] }) {
  const denied = to("changeModel");
  const source = useVersions(model.name);
  const versions = useMemo(() => source.data?.pages.flatMap((page) => page.items) ?? [], [source.data]);
  return (
    <div className={styles.overview}>
      <div className={styles.main}>
        <div className={styles.about}>
          <NoteEditor
            word="Description"
            text={model.description}
            denied={denied}
            invitation="Write what it predicts, for whom, and who is asked when it is wrong"
            onSave={(text) => void edits.describe(text, model.description)}
          />
        </div>
        {source.error && !source.data ? (
          <FailureState what="The versions could not be loaded" error={source.error} retry={() => void source.refetch()} />
        ) : source.isPending ? (
          <Bones label="The versions are loading">
            <Bone width="90%" height={16} />
            <Bone width="85%" height={16} />
            <Bone width="88%" height={16} />
          </Bones>
        ) : versions.length ? (
          <VersionTable model={model} versions={versions} onNearEnd={() => source.hasNextPage && !source.isFetchingNextPage && void source.fetchNextPage()} />
        ) : (
          <EmptyState
            title="No version yet"
            text="A version is a model that a run saved. Register one from the page of a run, or while it is logged:"
            code={registerScript(model.name)}
          />
        )}
      </div>
      <aside className={styles.side} aria-label="About the model">
        <Aliases model={model} edits={edits} denied={to("moveAliases")} />
        <TagEditor
          tags={ownTags(model)}
          denied={denied}
          onSet={(key, value, before) => void edits.setTag(key, value, before)}
          onRemove={(key, before) => void edits.deleteTag(key, before)}
        />
      </aside>
    </div>
  );
}

function VersionTable({ model, versions, onNearEnd }: { model: RegisteredModel; versions: ModelVersion[]; onNearEnd: () => void }) {
  const navigate = useNavigate();
  const [cursor, setCursor] = useState(-1);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (version: number) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(version)) next.add(version);
      return next;
    });
  const columns = useMemo(() => versionColumns(versions, chosen, toggle), [versions, chosen]);
  const here = versions[cursor];
  const move = (by: number) => setCursor(Math.min(versions.length - 1, Math.max(0, cursor + by)));
  const compare = (which: Iterable<number>) =>
    void navigate({ to: "/models/$name/compare", params: { name: model.name }, search: { versions: [...which].sort((a, b) => a - b).slice(0, MOST_COMPARED).join(",") } });
  const canCompare = chosen.size > 1 && chosen.size <= MOST_COMPARED;
  useShortcuts([
    { keys: "j", label: "Next version", run: () => move(1) },
    { keys: "k", label: "Previous version", run: () => move(-1) },
    { keys: "arrowdown", label: "Next version", run: () => move(1) },
    { keys: "arrowup", label: "Previous version", run: () => move(-1) },
    { keys: "x", label: "Choose the version", run: () => here && toggle(here.version) },
    { keys: "c", label: "Compare the chosen versions", run: () => canCompare && compare(chosen) },
    { keys: "escape", label: "Choose none", run: () => setChosen(new Set()) },
    {
      keys: "enter",
      label: "Open the version",
      run: () => here && void navigate({ to: "/models/$name/$version", params: { name: model.name, version: String(here.version) } }),
    },
  ]);
  const newestTwo = versions.slice(0, 2).map(({ version }) => version);
  return (
    <>
      <div className={styles.bar}>
        {chosen.size ? `${plural(chosen.size, "version")} chosen` : plural(model.nVersions, "version")}
        {chosen.size > MOST_COMPARED && <span className={styles.quiet}>At most {MOST_COMPARED} are compared at once.</span>}
        <span className={styles.end}>
          {chosen.size > 0 ? (
            <Button small disabled={!canCompare} onClick={() => compare(chosen)}>
              <Columns2 size={13} />
              Compare
            </Button>
          ) : (
            newestTwo.length > 1 && (
              <Button small look="quiet" onClick={() => compare(newestTwo)}>
                <Columns2 size={13} />
                Compare the newest two
              </Button>
            )
          )}
        </span>
      </div>
      <Grid
        label="Versions"
        rows={versions}
        total={model.nVersions}
        keyOf={({ version }) => String(version)}
        columns={columns}
        cursor={cursor}
        isSelected={({ version }) => chosen.has(version)}
        onRowClick={(_, at) => setCursor(at)}
        onNearEnd={onNearEnd}
      />
    </>
  );
}

function Aliases({ model, edits, denied }: { model: RegisteredModel; edits: ModelEdits; denied: MaybeDenial }) {
  const [isSetting, setSetting] = useState(false);
  const { data: moves } = useAliasMoves(model.name);
  const lanes = useMemo(() => new Map(aliasLanes(moves ?? []).map((lane) => [lane.alias, lane])), [moves]);
  const aliases = Object.entries(model.aliases).sort(([, a], [, b]) => b - a);
  return (
    <section>
      <h3>
        Aliases
        {model.newest && (
          <IconButton small denied={denied} label="Point an alias to the newest version" onClick={() => setSetting(true)}>
            <Plus size={13} />
          </IconButton>
        )}
      </h3>
      <div className={styles.aliases}>
        {aliases.map(([alias, version]) => (
          <AliasEntry key={alias} model={model} alias={alias} version={version} before={lanes.get(alias)?.before ?? null} edits={edits} denied={denied} />
        ))}
        {!aliases.length && <span className={styles.quiet}>None yet. An alias such as champion names the version that code loads, and moves without a change of code.</span>}
      </div>
      {isSetting && model.newest && <SetAlias version={model.newest.version} aliases={model.aliases} edits={edits} onClose={() => setSetting(false)} />}
    </section>
  );
}

/** Where an alias points, with the way back to where it pointed before. */
function AliasEntry({
  model,
  alias,
  version,
  before,
  edits,
  denied,
}: {
  model: RegisteredModel;
  alias: string;
  version: number;
  before: number | null;
  edits: ModelEdits;
  denied: MaybeDenial;
}) {
  const { name, newest } = model;
  const address = `models:/${name}@${alias}`;
  return (
    <div className={styles.alias}>
      <AliasChips name={name} aliases={[[alias, version]]} />
      <Link to="/models/$name/$version" params={{ name, version: String(version) }} className={styles.link}>
        v{version}
      </Link>
      <span className={styles.acts}>
        {before !== null && (
          <Button small look="quiet" denied={denied} title={`Point ${alias} to version ${before} again, where it pointed before`} onClick={() => void edits.moveAlias(alias, before, version, `back from version ${version}`)}>
            <Undo2 size={12} />
            Return to v{before}
          </Button>
        )}
        <Menu
          align="end"
          trigger={
            <IconButton small label={`More for ${alias}`}>
              <MoreHorizontal size={13} />
            </IconButton>
          }
          entries={[
            ...(newest && newest.version !== version
              ? [{ label: `Move to version ${newest.version}, the newest`, denied, onSelect: () => void edits.moveAlias(alias, newest.version, version, "") }]
              : []),
            { label: "Copy its address", note: cutMiddle(address, 30), onSelect: () => void navigator.clipboard.writeText(address) },
            { label: "Remove the alias", danger: true, denied, onSelect: () => void edits.deleteAlias(alias, version) },
          ]}
        />
      </span>
    </div>
  );
}
