import { useMemo } from "react";
import type { Agent } from "../../api/work/model";
import { useAgents } from "../../api/work/queries";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { cutMiddle, plural } from "../../lib/format";
import { useReadsEverything } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { Bone, Bones, EmptyState } from "../../components/States";
import styles from "./jobs.module.css";

const START = `# On the machine that is to do the work; it needs the address of this server alone:
export RUNFOLD_TRACKING_URI=${window.location.origin}
runfold agent --slots 2

# Or beside the server, on its own machine:
runfold server --agent-slots 2`;

const COLUMNS: GridColumn<Agent>[] = [
  { id: "state", title: "State", width: 100, isPinned: true, cell: (agent) => <Presence agent={agent} /> },
  { id: "name", title: "Agent", width: 240, isPinned: true, cell: ({ name }) => <span title={name}>{cutMiddle(name, 34)}</span> },
  {
    id: "busy",
    title: "Slots in use",
    width: 100,
    isNumber: true,
    cell: ({ isThere, nHeld, nSlots }) => (isThere ? <span className={nHeld ? undefined : styles.quiet}>{`${nHeld} of ${nSlots}`}</span> : ""),
  },
  { id: "queues", title: "Queues", width: 160, cell: ({ queues }) => <span title={queues.join(", ")}>{queues.join(", ")}</span> },
  { id: "labels", title: "Labels", width: 160, cell: ({ labels }) => <span title={labels.join(", ")}>{labels.join(", ")}</span> },
  { id: "host", title: "Host", width: 160, cell: ({ host }) => <span title={host}>{cutMiddle(host, 24)}</span> },
  { id: "seen", title: "Heard from", width: 110, cell: ({ isThere, seenMs }) => (isThere ? "now" : <Ago ms={seenMs} />) },
  { id: "version", title: "Runfold", width: 90, cell: ({ version }) => version },
];

function Presence({ agent: { isThere, nHeld, nSlots } }: { agent: Agent }) {
  if (isThere && nHeld) return <StateMark state="RUNNING" word="Busy" about="It has jobs" />;
  if (isThere) return <StateMark state="FINISHED" word="Idle" about="It is there and waits for jobs" />;
  if (!nSlots) return <StateMark state="KILLED" word="Ended" about="It said that it takes no more jobs" />;
  return <StateMark state="LOST" word="Silent" about="It has given no sign of life for half a minute" />;
}

/** Who takes jobs, as it changes; those first that are there. */
export function AgentsTab() {
  const { data: agents, error, refetch } = useAgents();
  const isTold = useReadsEverything();
  const rows = useMemo(() => (agents ?? []).toSorted((a, b) => Number(b.isThere) - Number(a.isThere) || (a.isThere ? a.name.localeCompare(b.name) : b.seenMs - a.seenMs)), [agents]);
  if (error && !agents) return <FailureState what="The agents could not be loaded" error={error} retry={() => void refetch()} />;
  if (!agents) {
    return (
      <Bones label="The agents are loading">
        {Array.from({ length: 4 }, (_, at) => (
          <Bone key={at} width={`${70 - at * 6}%`} height={14} />
        ))}
      </Bones>
    );
  }
  if (!isTold) {
    return <EmptyState title="Agents belong to the whole server" text="Which agents there are is told to those who have a role on everything; an administrator can grant one. Your jobs find their agents without it." />;
  }
  if (!agents.length) {
    return <EmptyState title="No agent has asked for jobs" text="An agent is a process on the machine that does the work. It asks this server for jobs; nothing has to reach it." code={START} />;
  }
  const there = rows.filter(({ isThere }) => isThere);
  const [nHeld, nSlots] = there.reduce(([held, slots], agent) => [held + agent.nHeld, slots + agent.nSlots], [0, 0]);
  const present = there.length ? `${plural(there.length, "agent")} there, ${nHeld} of ${plural(nSlots, "slot")} in use` : "No agent is there just now";
  const nGone = rows.length - there.length;
  return (
    <>
      <ListLine count={nGone ? `${present}, ${nGone} gone` : present} />
      <Grid label="Agents" rows={rows} keyOf={({ name }) => name} columns={COLUMNS} cursor={-1} isSelected={() => false} />
    </>
  );
}
