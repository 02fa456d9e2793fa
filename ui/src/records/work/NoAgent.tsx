import { useAgents } from "../../api/work/queries";
import { Code } from "../../components/Code";
import { useReadsEverything } from "../accounts/useRights";
import styles from "./LaunchForm.module.css";

/** Without an agent, a job waits for ever; better said before than found out. */
export function NoAgent({ queue, labels }: { queue: string; labels: readonly string[] }) {
  const { data: agents } = useAgents();
  const fits = agents?.some((agent) => agent.isThere && agent.queues.includes(queue) && labels.every((label) => agent.labels.includes(label)));
  const isTold = useReadsEverything();
  if (!isTold || !agents || fits) return null;
  const options = [queue === "default" ? "" : ` --queue ${queue}`, ...labels.map((label) => ` --label ${label}`)].join("");
  return (
    <div className={styles.hint} role="status">
      <p>
        No agent {labels.length > 0 && `with the ${labels.length > 1 ? "labels" : "label"} ${labels.join(", ")} `}serves the queue <b>{queue}</b> just now: what is queued there waits until one does. Start one on the machine that is to do the work:
      </p>
      <Code plain text={`runfold agent${options}`} />
    </div>
  );
}
