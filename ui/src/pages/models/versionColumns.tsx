import { Link } from "@tanstack/react-router";
import type { ModelVersion } from "../../api/registry/model";
import type { GridColumn } from "../../components/Grid";
import { Ago } from "../../components/Time";
import { lowerIsBetter } from "../../lib/field";
import { bytes, exactNumber, shortNumber } from "../../lib/format";
import { parseSignature, signatureBrief } from "../../lib/signature";
import { AliasChips } from "../../records/Alias";
import { VersionStateMark } from "./VersionState";
import { commonMetrics } from "./headline";
import styles from "./models.module.css";

const METRICS = 3;

/** The columns of a table of versions; what no version has gets none. */
export function versionColumns(versions: readonly ModelVersion[], chosen: ReadonlySet<number>, onToggle: (version: number) => void): GridColumn<ModelVersion>[] {
  const some = (has: (version: ModelVersion) => unknown) => versions.some((version) => has(version));
  return [
    {
      id: "choose",
      title: "",
      width: 32,
      isPinned: true,
      head: <span className="sr-only">Choose</span>,
      cell: ({ version }) => (
        <label className={styles.check} onClick={(event) => event.stopPropagation()}>
          <input type="checkbox" aria-label={`Choose version ${version}`} checked={chosen.has(version)} onChange={() => onToggle(version)} />
        </label>
      ),
    },
    {
      id: "version",
      title: "Version",
      width: 64,
      isPinned: true,
      cell: ({ name, version }) => (
        <Link to="/models/$name/$version" params={{ name, version: String(version) }} className={styles.link}>
          v{version}
        </Link>
      ),
    },
    {
      id: "run",
      title: "Run",
      width: 84,
      cell: ({ runId }) =>
        runId && (
          <Link to="/runs/$runId" params={{ runId }} className={styles.link} title={runId}>
            <code>{runId.slice(0, 8)}</code>
          </Link>
        ),
    },
    ...(some((v) => v.aliases.length)
      ? [{ id: "aliases", title: "Aliases", width: 140, cell: ({ name, version, aliases }: ModelVersion) => <AliasChips name={name} aliases={aliases.map((alias) => [alias, version])} most={2} /> }]
      : []),
    ...(some((v) => v.status !== "ready")
      ? [{ id: "status", title: "State", width: 124, cell: ({ status, statusMessage }: ModelVersion) => status !== "ready" && <span title={statusMessage}><VersionStateMark status={status} /></span> }]
      : []),
    ...(some((v) => v.stage !== "None")
      ? [{ id: "stage", title: "Stage", width: 84, cell: ({ stage }: ModelVersion) => stage !== "None" && <span className={styles.stage}>{stage}</span> }]
      : []),
    ...commonMetrics(versions, METRICS).map((key) => metricColumn(key, versions)),
    {
      id: "created",
      title: "Registered",
      width: 104,
      cell: ({ createdMs, user }) => (
        <span className={styles.quiet} title={user ? `by ${user}` : undefined}>
          <Ago ms={createdMs} />
        </span>
      ),
    },
    {
      id: "signature",
      title: "Signature",
      about: "What goes in and what comes out",
      width: 150,
      cell: ({ card }) => {
        const text = signatureBrief(parseSignature(card.signature));
        return (
          <span className={styles.cut} title={text}>
            {text || <span className={styles.quiet}>none</span>}
          </span>
        );
      },
    },
    ...(some((v) => v.files) ? [{ id: "size", title: "Size", width: 84, isNumber: true, cell: ({ files }: ModelVersion) => bytes(files?.nBytes) }] : []),
    ...(some((v) => v.description)
      ? [{ id: "about", title: "Description", width: 240, cell: ({ description }: ModelVersion) => <span className={styles.cut} title={description.slice(0, 1000)}>{description.slice(0, 120)}</span> }]
      : []),
  ];
}

function metricColumn(key: string, versions: readonly ModelVersion[]): GridColumn<ModelVersion> {
  const valueOf = (version: ModelVersion) => version.card.metrics.find((metric) => metric.key === key)?.value;
  const values = versions.map(valueOf).filter((value): value is number => value !== undefined && Number.isFinite(value));
  const best = values.length > 1 ? (lowerIsBetter(key) ? Math.min(...values) : Math.max(...values)) : undefined;
  return {
    id: `metric ${key}`,
    title: key,
    width: 100,
    isNumber: true,
    cell: (version) => {
      const value = valueOf(version);
      const isBest = value !== undefined && value === best;
      return (
        <span className={isBest ? styles.best : undefined} title={exactNumber(value) + (isBest ? " · best" : "")}>
          {shortNumber(value)}
          {isBest && <span className="sr-only"> best</span>}
        </span>
      );
    },
  };
}
