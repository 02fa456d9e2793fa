import { Link } from "@tanstack/react-router";
import { Box, Database, Play, Tag } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "../../api/client";
import type { ModelVersion } from "../../api/registry/model";
import { useAccount } from "../../api/accounts/queries";
import { useExperiment, useRun } from "../../api/queries";
import { StateMark } from "../../components/StateMark";
import { Bone } from "../../components/States";
import { cutMiddle } from "../../lib/format";
import styles from "./Lineage.module.css";

const NODE = 46;
const GAP = 10;
const LINK = 40;
const MOST = 5;
const LETTERS = 26;

interface Node {
  key: string;
  icon: ReactNode;
  /** What stands in it; a link where it leads somewhere. */
  body: ReactNode;
  about: ReactNode;
  title: string;
  isHere?: boolean;
}

/** Data, the run that read it, this version, and the aliases that name it: left to right, each with its link. */
export function Lineage({ version }: { version: ModelVersion }) {
  const { card, runId, name } = version;
  const data = card.datasets.map(
    ({ name: label, digest, context }): Node => ({
      key: `${label} ${digest} ${context}`,
      icon: <Database size={14} />,
      title: `${label}\ndigest ${digest}`,
      body: cutMiddle(label, LETTERS),
      about: (
        <>
          {context || "data"} · <code>{digest.slice(0, 8)}</code>
        </>
      ),
    }),
  );
  const here: Node = {
    key: "here",
    icon: <Box size={14} />,
    title: `${name} version ${version.version}`,
    body: cutMiddle(name, LETTERS),
    about: `version ${version.version}`,
    isHere: true,
  };
  const aliases = version.aliases.map(
    (alias): Node => ({
      key: alias,
      icon: <Tag size={14} />,
      title: alias,
      body: (
        <Link to="/models/$name" params={{ name }} search={{ tab: "aliases" }}>
          @{cutMiddle(alias, LETTERS)}
        </Link>
      ),
      about: "alias",
    }),
  );
  const columns = [limited(data), runId ? "run" : null, [here], limited(aliases)].filter((column) => column !== null && column.length > 0) as (Node[] | "run")[];
  const rows = Math.max(...columns.map((column) => (column === "run" ? 1 : column.length)));
  const height = rows * (NODE + GAP) - GAP;
  return (
    <div className={styles.graph} tabIndex={0} role="group" aria-label="Lineage">
      {columns.map((column, at) => {
        const next = columns[at + 1];
        const n = column === "run" ? 1 : column.length;
        return (
          <div key={column === "run" ? "run" : (column[0]?.key ?? at)} className={styles.part}>
            <ul className={styles.column} style={{ minHeight: height, gap: GAP }}>
              {column === "run" ? <RunNode runId={runId} /> : column.map((node) => <Shown key={node.key} node={node} />)}
            </ul>
            {next && <Links from={n} to={next === "run" ? 1 : next.length} height={height} />}
          </div>
        );
      })}
    </div>
  );
}

function limited(nodes: Node[]): Node[] {
  if (nodes.length <= MOST) return nodes;
  const rest = nodes.slice(MOST - 1);
  return [...nodes.slice(0, MOST - 1), { key: "rest", icon: null, title: rest.map((node) => node.title).join("\n"), body: `and ${rest.length} more`, about: "" }];
}

function Shown({ node }: { node: Node }) {
  return (
    <li className={styles.node} data-here={node.isHere} title={node.title} style={{ height: NODE }}>
      {node.icon}
      <span>
        <b>{node.body}</b>
        <small>{node.about}</small>
      </span>
    </li>
  );
}

function RunNode({ runId }: { runId: string }) {
  const account = useAccount();
  const { data: run, error } = useRun(runId);
  const experiment = useExperiment(run?.experimentId ?? "");
  const isGone = error instanceof ApiError && error.isMissing;
  const about = run ? (
    <>
      <StateMark state={run.state} wordless /> {cutMiddle(experiment.data?.name ?? "run", LETTERS)}
    </>
  ) : isGone ? (
    "removed for ever"
  ) : (
    "run"
  );
  const body = run ? (
    <Link to="/runs/$runId" params={{ runId }}>
      {cutMiddle(run.name, LETTERS)}
    </Link>
  ) : isGone ? (
    account && !account.isAdmin ? "A run you may not see, or that is gone" : "A run that is gone"
  ) : error ? (
    runId.slice(0, 8)
  ) : (
    <Bone width={120} />
  );
  return <Shown node={{ key: "run", icon: <Play size={14} />, title: run?.name ?? runId, body, about }} />;
}

/** Lines from each of the left to each of the right; both columns stand centred. */
function Links({ from, to, height }: { from: number; to: number; height: number }) {
  const at = (n: number, place: number) => (height - (n * (NODE + GAP) - GAP)) / 2 + place * (NODE + GAP) + NODE / 2;
  const pairs = Array.from({ length: from * to }, (_, i) => [at(from, Math.floor(i / to)), at(to, i % to)] as const);
  return (
    <svg width={LINK} height={height} className={styles.links} aria-hidden>
      {pairs.map(([y0, y1]) => (
        <path key={`${y0} ${y1}`} d={`M0 ${y0}C${LINK / 2} ${y0} ${LINK / 2} ${y1} ${LINK} ${y1}`} />
      ))}
    </svg>
  );
}
