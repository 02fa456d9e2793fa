import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import type { Run } from "../../api/model";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { diffLines, diffPackages, foldSame } from "../../lib/diff";
import { cutMiddle, plural } from "../../lib/format";
import { useArtifactText } from "../../records/files";
import { PACKAGES_PATH, PATCH_PATH, TAGS } from "../../records/tags";
import type { ComparisonProps } from "./ComparePage";
import styles from "./ComparePage.module.css";

const MOST_BYTES = 512 * 1024;

/** How the code and the packages of two runs differ. */
export function CodeTab({ runs, query, setQuery, tabs }: ComparisonProps & { tabs: ReactNode }) {
  const base = runs.find((run) => run.id === query.base) ?? runs[0];
  const other = runs.find((run) => run.id === query.other && run !== base) ?? runs.find((run) => run !== base);
  if (!base || !other) return null;
  const choice = (word: string, key: "base" | "other", value: Run) => (
    <Menu
      trigger={
        <Button small look="quiet">
          {word}: {cutMiddle(value.name, 24)}
          <ChevronDown size={11} />
        </Button>
      }
      entries={runs.map((run) => ({ label: run.name, checked: run === value, onSelect: () => setQuery({ [key]: run.id }, { replace: true }) }))}
    />
  );
  return (
    <>
      <div className={styles.line}>
        {tabs}
        {choice("From", "base", base)}
        {choice("to", "other", other)}
      </div>
      <div className={styles.scroll}>
        <h2>Source</h2>
        <SourceTable from={base} to={other} />
        <CommitsLink from={base} to={other} />
        <h2>Uncommitted changes</h2>
        <PatchDiff from={base} to={other} />
        <h2>Packages</h2>
        <PackageTable from={base} to={other} />
      </div>
    </>
  );
}

const SOURCE = [
  ["Commit", TAGS.commit],
  ["Branch", TAGS.branch],
  ["Program", TAGS.sourceName],
  ["Arguments", TAGS.arguments],
  ["Python", TAGS.python],
  ["Host", TAGS.host],
] as const;

function SourceTable({ from, to }: { from: Run; to: Run }) {
  const rows = SOURCE.map(([word, tag]) => [word, from.tags[tag], to.tags[tag]] as const).filter(([, a, b]) => a || b);
  if (!rows.length) return <p className={styles.quiet}>Neither run says where its code came from.</p>;
  return (
    <table className={styles.table}>
      <Heads first="" from={from} to={to} />
      <tbody>
        {rows.map(([word, a, b]) => (
          <tr key={word}>
            <th>{word}</th>
            <td title={a}>{a ?? <span className={styles.quiet}>none</span>}</td>
            <td title={b} className={a === b ? styles.quiet : undefined}>
              {a === b ? "the same" : (b ?? <span className={styles.quiet}>none</span>)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Heads({ first, from, to }: { first: string; from: Run; to: Run }) {
  return (
    <thead>
      <tr>
        <th>{first}</th>
        <th title={from.name}>{cutMiddle(from.name, 40)}</th>
        <th title={to.name}>{cutMiddle(to.name, 40)}</th>
      </tr>
    </thead>
  );
}

/** Where a known host shows what lies between two commits. */
function CommitsLink({ from, to }: { from: Run; to: Run }) {
  const [a, b] = [from.tags[TAGS.commit], to.tags[TAGS.commit]];
  const repository = (from.tags[TAGS.repository] ?? "").replace(/\.git$/, "");
  const host = /^https:\/\/(github|gitlab)\.com\/[\w.-]+\/[\w.-]+$/.exec(repository)?.[1];
  if (!host || !a || !b || a === b) return null;
  return (
    <p>
      <a className={styles.link} href={`${repository}${host === "gitlab" ? "/-" : ""}/compare/${a}...${b}`} target="_blank" rel="noreferrer noopener">
        What lies between the two commits, on {host}.com
      </a>
    </p>
  );
}

/** The text of a file of each run that has it; a run without it counts as empty. */
function useBoth(from: Run, to: Run, path: string, has: (run: Run) => boolean): { texts: [string, string] | null; isMissing: boolean } {
  const a = useArtifactText(from.id, path, MOST_BYTES, has(from));
  const b = useArtifactText(to.id, path, MOST_BYTES, has(to));
  const isPending = a.isLoading || b.isLoading;
  return { texts: isPending ? null : [a.data?.text ?? "", b.data?.text ?? ""], isMissing: !isPending && !a.data?.text && !b.data?.text };
}

function PatchDiff({ from, to }: { from: Run; to: Run }) {
  const { texts, isMissing } = useBoth(from, to, PATCH_PATH, (run) => run.tags[TAGS.dirty] === "true");
  if (isMissing) return <p className={styles.quiet}>Neither run kept changes beyond its commit.</p>;
  if (!texts) return null;
  const lines = diffLines(...texts);
  if (lines.every((line) => line.kind === "same")) return <p className={styles.quiet}>The same in both.</p>;
  const signs = { same: " ", added: "+", removed: "−" } as const;
  return (
    <pre className={styles.diff} tabIndex={0}>
      {foldSame(lines).map((line, at) =>
        line.kind === "gap" ? (
          <span key={at} className={styles.gap}>
            {plural(line.n, "line")} alike{"\n"}
          </span>
        ) : (
          <span key={at} className={line.kind === "same" ? undefined : styles[line.kind]}>
            {signs[line.kind]} {line.text}
            {"\n"}
          </span>
        ),
      )}
    </pre>
  );
}

function PackageTable({ from, to }: { from: Run; to: Run }) {
  const { texts, isMissing } = useBoth(from, to, PACKAGES_PATH, (run) => TAGS.python in run.tags);
  if (isMissing) return <p className={styles.quiet}>Neither run kept a list of its packages.</p>;
  if (!texts) return null;
  const changes = diffPackages(...texts);
  if (!changes.length) return <p className={styles.quiet}>The same in both.</p>;
  return (
    <>
      <p className={styles.quiet}>{changes.length === 1 ? "One package differs." : `${plural(changes.length, "package")} differ.`}</p>
      <table className={styles.table}>
        <Heads first="Package" from={from} to={to} />
        <tbody>
          {changes.map(({ name, before, after }) => (
            <tr key={name}>
              <th>{name}</th>
              <td>{before ?? <span className={styles.quiet}>not there</span>}</td>
              <td>{after ?? <span className={styles.quiet}>not there</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
