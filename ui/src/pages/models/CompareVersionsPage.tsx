import { useQueries } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useMemo } from "react";
import { useApi } from "../../api/context";
import type { ArtifactEntry } from "../../api/model";
import type { ModelVersion } from "../../api/registry/model";
import { modelKeys, useVersions } from "../../api/registry/queries";
import { Button, IconButton } from "../../components/Button";
import { LinkButton } from "../../components/LinkButton";
import { Menu } from "../../components/Menu";
import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import { useQueryState } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { plural } from "../../lib/format";
import { diffSignatures, parseSignature } from "../../lib/signature";
import { AliasChips } from "../../records/Alias";
import { FailureState } from "../../records/FailureState";
import { ModelCrumbs } from "./ModelCrumbs";
import { type CompareSection, compareVersions, fileRows } from "./compareVersions";
import shared from "./models.module.css";
import styles from "./CompareVersionsPage.module.css";

const MOST = 6;

/** Versions side by side; what they do not share first comes to the eye. */
export function CompareVersionsPage() {
  const { name } = useParams({ from: "/models/$name/compare" });
  const { registry } = useApi();
  const [query, setQuery] = useQueryState();
  const numbers = useMemo(() => [...new Set((query.versions ?? "").split(",").map(Number).filter((n) => Number.isInteger(n) && n > 0))].slice(0, MOST), [query.versions]);
  const answers = useQueries({
    queries: numbers.map((number) => ({ queryKey: modelKeys.version(name, number), queryFn: () => registry.getVersion(name, number) })),
  });
  const failed = answers.find(({ error, data }) => error && !data);
  const versions = answers.flatMap(({ data }) => data ?? []);
  const isAll = query.all === "1";
  const toggle = () => setQuery({ all: isAll ? undefined : "1" }, { replace: true });
  const show = (next: number[]) => setQuery({ versions: next.join(",") });
  useShortcuts([{ keys: "d", label: "Only differences, or all", run: toggle }]);
  return (
    <Page
      title={`Compare versions of ${name}`}
      crumbs={
        <ModelCrumbs name={name}>
          <CrumbHere>Compare {numbers.map((n) => `v${n}`).join(", ")}</CrumbHere>
        </ModelCrumbs>
      }
    >
      {failed?.error ? (
        <FailureState what="A version could not be loaded" error={failed.error} retry={() => void failed.refetch()} />
      ) : numbers.length < 2 ? (
        <EmptyState title="Choose two versions" text="Choose them in the table of versions, and press Compare.">
          <LinkButton look="primary" render={<Link to="/models/$name" params={{ name }} />}>
            Go to the versions
          </LinkButton>
        </EmptyState>
      ) : versions.length < numbers.length ? (
        <Bones label="The versions are loading">
          <Bone width="90%" height={20} />
          <Bone width="80%" height={20} />
        </Bones>
      ) : (
        <>
          <div className={shared.bar}>
            <Button small on={!isAll} onClick={toggle}>
              Only differences
            </Button>
            <Signatures versions={versions} />
            <span className={shared.end}>{numbers.length < MOST && <AddVersion name={name} numbers={numbers} onAdd={(n) => show([...numbers, n].sort((a, b) => a - b))} />}</span>
          </div>
          <Table versions={versions} isAll={isAll} onRemove={versions.length > 2 ? (n) => show(numbers.filter((other) => other !== n)) : undefined} />
        </>
      )}
    </Page>
  );
}

/** Whether who calls the first can call the last. */
function Signatures({ versions }: { versions: ModelVersion[] }) {
  const [first, last] = [versions[0], versions.at(-1)];
  const [before, after] = [parseSignature(first?.card.signature ?? ""), parseSignature(last?.card.signature ?? "")];
  if (!before || !after) return <span className={shared.quiet}>Signatures are not known of both ends.</span>;
  const changes = diffSignatures(before, after);
  const breaking = changes.filter(({ isBreaking }) => isBreaking);
  const from = `v${first?.version}`;
  const to = `v${last?.version}`;
  if (!changes.length) return <span>{`${from} and ${to} have the same signature.`}</span>;
  if (!breaking.length) return <span className={shared.good}>{`Callers of ${from} can call ${to}; ${plural(changes.length, "field")} changed.`}</span>;
  return <span className={shared.bad}>{`Callers of ${from} cannot call ${to} as they are: ${breaking.map(({ name }) => name).slice(0, 4).join(", ")}.`}</span>;
}

function AddVersion({ name, numbers, onAdd }: { name: string; numbers: number[]; onAdd: (version: number) => void }) {
  const all = useVersions(name).data?.pages.flatMap((page) => page.items) ?? [];
  const others = all.filter(({ version }) => !numbers.includes(version)).slice(0, 40);
  if (!others.length) return null;
  return (
    <Menu
      align="end"
      trigger={
        <Button small look="quiet">
          Add a version
        </Button>
      }
      entries={others.map(({ version, aliases }) => ({ label: `Version ${version}`, note: aliases.map((alias) => `@${alias}`).join(" "), onSelect: () => onAdd(version) }))}
    />
  );
}

function Table({ versions, isAll, onRemove }: { versions: ModelVersion[]; isAll: boolean; onRemove: ((version: number) => void) | undefined }) {
  const files = useFileSection(versions);
  const sections = useMemo(() => [...compareVersions(versions), ...(files ? [files] : [])], [versions, files]);
  const shown = sections.map((section) => ({ ...section, rows: section.rows.filter(({ isSame }) => isAll || !isSame) }));
  const nHidden = sections.reduce((sum, { rows }) => sum + rows.length, 0) - shown.reduce((sum, { rows }) => sum + rows.length, 0);
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Comparison">
      <table className={styles.table} style={{ minWidth: 200 + versions.length * 170 }}>
        <thead>
          <tr>
            <td />
            {versions.map(({ name, version, aliases }) => (
              <th key={version} scope="col">
                <span className={styles.head}>
                  <Link to="/models/$name/$version" params={{ name, version: String(version) }} className={shared.link}>
                    Version {version}
                  </Link>
                  <AliasChips name={name} aliases={aliases.map((alias) => [alias, version])} most={1} />
                  {onRemove && (
                    <IconButton small label={`Take version ${version} out`} onClick={() => onRemove(version)}>
                      <X size={12} />
                    </IconButton>
                  )}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {shown.map(
          (section) =>
            section.rows.length > 0 && (
              <tbody key={section.title}>
                <tr>
                  <th colSpan={versions.length + 1} scope="rowgroup" className={styles.section}>
                    {section.title}
                  </th>
                </tr>
                {section.rows.map(({ key, cells, isSame }) => (
                  <tr key={key} className={classes(isSame && styles.same)}>
                    <th scope="row" title={key}>
                      {key}
                    </th>
                    {cells.map((cell, at) => (
                      <td key={versions[at]?.version ?? at} title={cell?.exact}>
                        {cell ? cell.isBest ? <span className={shared.best}>{cell.text}</span> : cell.text : <span className={shared.quiet}>none</span>}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            ),
        )}
      </table>
      {nHidden > 0 && <p className={styles.hidden}>{plural(nHidden, "row")} that all versions share {nHidden === 1 ? "is" : "are"} not shown.</p>}
    </div>
  );
}

/** The files at the top of each version, by size; null until all are listed. */
function useFileSection(versions: ModelVersion[]): CompareSection | null {
  const { registry } = useApi();
  return useQueries({
    queries: versions.map(({ name, version }) => ({
      queryKey: [...modelKeys.files(name, version), "list", ""],
      queryFn: () => registry.listVersionFiles(name, version, ""),
    })),
    combine: fileSection,
  });
}

function fileSection(answers: readonly { data: ArtifactEntry[] | undefined }[]): CompareSection | null {
  const places = answers.flatMap(({ data }) => (data ? [data] : []));
  return places.length === answers.length ? { title: "Files", rows: fileRows(places) } : null;
}
