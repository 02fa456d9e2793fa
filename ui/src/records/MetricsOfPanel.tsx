import { Plus } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../components/Button";
import { Popover } from "../components/Popover";
import { cutMiddle } from "../lib/format";
import { MOST_METRICS } from "../lib/layout";
import { KeyList } from "./KeyList";
import { DASHES } from "./chartLines";
import styles from "./ChartBoard.module.css";

/** Draws further metrics into a chart of lines: those called alike come first, as losses of training and of validation are. */
export function MetricsChoice({ chosen, metrics, onFind, onToggle }: { chosen: readonly string[]; metrics: readonly string[]; onFind?: ((text: string) => void) | undefined; onToggle: (key: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const others = metrics.filter((key) => !chosen.includes(key));
  const alike = likelyCompanions(chosen[0] ?? "", others);
  const isFull = chosen.length >= MOST_METRICS;
  return (
    <Popover
      label="Metrics of the chart"
      width={280}
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <IconButton small label={`Metrics in the chart ${chosen[0]}`}>
          <Plus size={13} />
        </IconButton>
      }
    >
      <KeyList
        label={isFull ? "Take a metric out" : "Draw another metric with it"}
        value={chosen}
        options={[...chosen, ...(isFull ? [] : [...alike, ...others.filter((key) => !alike.includes(key))])].map((key) => ({ value: key, label: key }))}
        {...(onFind ? { onFind } : {})}
        onChoose={onToggle}
      />
    </Popover>
  );
}

/** Keys that end as this one does. */
function likelyCompanions(key: string, others: readonly string[]): string[] {
  const end = (of: string) => of.split(/[/._-]/).at(-1);
  return others.filter((other) => end(other) === end(key));
}

/** Which stroke, or which colour, is which metric. */
export function MetricsLegend({ metrics, colourOf }: { metrics: readonly string[]; colourOf: ((at: number) => string) | null }) {
  return (
    <ul className={styles.strokes} aria-label="Metrics drawn">
      {metrics.map((key, at) => (
        <li key={key} title={key}>
          <svg width="26" height="6" aria-hidden>
            <line x1="0" x2="26" y1="3" y2="3" stroke={colourOf?.(at) ?? "currentColor"} strokeWidth="1.75" strokeDasharray={colourOf ? undefined : DASHES[at]?.join(" ")} />
          </svg>
          {cutMiddle(key, 28)}
        </li>
      ))}
    </ul>
  );
}
