import styles from "./StateMark.module.css";

export type MarkState = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED" | "LOST";

const COLOURS: Record<MarkState, string> = {
  RUNNING: "var(--state-running)",
  SCHEDULED: "var(--text-3)",
  FINISHED: "var(--state-finished)",
  FAILED: "var(--state-failed)",
  KILLED: "var(--state-lost)",
  LOST: "var(--state-lost)",
};

const WORDS: Record<MarkState, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
  LOST: "Lost",
};

const MEANINGS: Record<MarkState, string> = {
  RUNNING: "Running: its program is alive",
  SCHEDULED: "Scheduled: it has not started",
  FINISHED: "Finished without an error",
  FAILED: "Failed: its program ended with an error",
  KILLED: "Killed: it was stopped from outside",
  LOST: "Lost: it says it is running, but has been silent for too long",
};

export const stateWord = (state: MarkState): string => WORDS[state];

/** A state by colour and by shape, so that neither alone has to be told apart. */
export function StateMark({
  state,
  wordless,
  word = WORDS[state],
  about = MEANINGS[state],
}: {
  state: MarkState;
  wordless?: boolean | undefined;
  /** For what is no run but has such states. */
  word?: string;
  about?: string;
}) {
  return (
    <span className={styles.mark} title={about}>
      <svg width="12" height="12" viewBox="0 0 12 12" style={{ color: COLOURS[state] }} aria-hidden>
        {SHAPES[state]}
      </svg>
      {wordless ? <span className="sr-only">{word}</span> : word}
    </span>
  );
}

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.75, strokeLinecap: "round" as const };

const SHAPES = {
  RUNNING: (
    <>
      <circle cx="6" cy="6" r="4.6" {...line} strokeWidth={1.5} />
      <circle cx="6" cy="6" r="2.4" fill="currentColor" />
    </>
  ),
  SCHEDULED: <circle cx="6" cy="6" r="4.6" {...line} strokeWidth={1.5} />,
  FINISHED: <path d="M2 6.4 4.8 9.2 10 3.4" {...line} />,
  FAILED: <path d="M2.6 2.6 9.4 9.4M9.4 2.6 2.6 9.4" {...line} />,
  KILLED: <rect x="2.4" y="2.4" width="7.2" height="7.2" rx="1" fill="currentColor" />,
  LOST: <circle cx="6" cy="6" r="4.6" {...line} strokeDasharray="2.4 2.4" />,
};
