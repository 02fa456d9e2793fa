import { useMemo } from "react";
import { ACTIVE, type Agent, type Job } from "../../api/work/model";
import { useAgents, useJobs } from "../../api/work/queries";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { EmptyState } from "../../components/States";
import { StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { isAlive } from "../../records/work/agents";

interface Row {
  agent: Agent;
  isThere: boolean;
  held: Job[];
}

const START = `# On the machine that is to do the work; it needs the address of this server alone:
export RUNFOLD_TRACKING_URI=${window.location.origin}
runfold agent --slots 2

# Or beside the server, on its own machine:
runfold server --agent-slots 2`;

const COLUMNS: GridColumn<Row>[] = [
  {
    id: "state",
    title: "State",
    width: 100,
    isPinned: true,
    cell: ({ isThere }) =>
      isThere ? (
        <StateMark state="RUNNING" word="There" about="It asked for jobs within the last half minute" />
      ) : (
        <StateMark state="LOST" word="Silent" about="It has given no sign of life for half a minute" />
      ),
  },
  { id: "name", title: "Agent", width: 240, isPinned: true, cell: ({ agent }) => <span title={agent.name}>{agent.name}</span> },
  { id: "busy", title: "Busy", width: 90, isNumber: true, cell: ({ agent, held }) => `${held.length} of ${agent.nSlots}` },
  { id: "queues", title: "Queues", width: 180, cell: ({ agent }) => agent.queues.join(", ") },
  { id: "labels", title: "Labels", width: 180, cell: ({ agent }) => agent.labels.join(", ") },
  { id: "host", title: "Host", width: 180, cell: ({ agent }) => agent.host },
  { id: "seen", title: "Seen", width: 110, cell: ({ agent }) => <Ago ms={agent.seenMs} /> },
  { id: "version", title: "Runfold", width: 90, cell: ({ agent }) => agent.version },
];

/** Who takes jobs, those first that are there. */
export function AgentsTab() {
  const { data: agents, error, refetch, dataUpdatedAt } = useAgents();
  const jobs = useJobs(ACTIVE, "", "").data;
  const rows = useMemo(() => {
    const active = jobs?.pages.flatMap((page) => page.items) ?? [];
    return (agents ?? [])
      .map((agent): Row => ({ agent, isThere: isAlive(agent, dataUpdatedAt), held: active.filter((job) => job.agent === agent.name && job.state !== "queued") }))
      .toSorted((a, b) => Number(b.isThere) - Number(a.isThere) || b.agent.seenMs - a.agent.seenMs);
  }, [agents, jobs, dataUpdatedAt]);
  if (error && !agents) return <FailureState what="The agents could not be loaded" error={error} retry={() => void refetch()} />;
  if (agents && !agents.length) {
    return <EmptyState title="No agent has asked for jobs" text="An agent is a process on the machine that does the work. It asks this server for jobs; nothing has to reach it." code={START} />;
  }
  return (
    <>
      <ListLine count={agents && `${plural(rows.filter(({ isThere }) => isThere).length, "agent")} there, ${rows.length} known`} />
      <Grid label="Agents" rows={rows} keyOf={({ agent }) => agent.name} columns={COLUMNS} cursor={-1} isSelected={() => false} />
    </>
  );
}
