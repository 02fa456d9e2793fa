import { ChartBarBig, ChartCandlestick, ChartLine, ChartNetwork, ChartScatter, Grid3x3, ListOrdered, type LucideIcon, Plus, Waves } from "lucide-react";
import { useState } from "react";
import { Button } from "../components/Button";
import { Popover } from "../components/Popover";
import { classes } from "../lib/classes";
import type { PanelKind } from "../lib/layout";
import { KeyList } from "./KeyList";
import styles from "./AddChart.module.css";

export const KIND_WORDS: Record<PanelKind, { word: string; icon: LucideIcon }> = {
  line: { word: "Lines", icon: ChartLine },
  scatter: { word: "Scatter", icon: ChartScatter },
  bar: { word: "Bars", icon: ChartBarBig },
  box: { word: "Boxes", icon: ChartCandlestick },
  parallel: { word: "Parallel", icon: ChartNetwork },
  importance: { word: "Importance", icon: ListOrdered },
  correlation: { word: "Correlation", icon: Grid3x3 },
  contour: { word: "Contour", icon: Waves },
};

/** Puts a chart of a metric on the board, or begins a section. */
export function AddChart({
  kinds,
  metrics,
  onFind,
  onAdd,
  onAddSection,
}: {
  kinds: readonly PanelKind[];
  metrics: string[];
  onFind?: (text: string) => void;
  onAdd: (kind: PanelKind, metric: string) => void;
  onAddSection: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const [kind, setKind] = useState<PanelKind>("line");
  return (
    <Popover
      label="Add a chart"
      width={340}
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button small look="quiet">
          <Plus size={13} />
          Add chart
        </Button>
      }
    >
      {kinds.length > 1 && (
        <div className={styles.kinds} role="group" aria-label="Kind of chart">
          {kinds.map((value) => {
            const { word, icon: Icon } = KIND_WORDS[value];
            return (
              <button key={value} type="button" aria-pressed={kind === value} className={classes(styles.kind)} onClick={() => setKind(value)}>
                <Icon size={16} />
                {word}
              </button>
            );
          })}
        </div>
      )}
      <KeyList
        label="Which metric"
        options={metrics.map((key) => ({ value: key, label: key }))}
        {...(onFind ? { onFind } : {})}
        onChoose={(metric) => {
          onAdd(kind, metric);
          setOpen(false);
        }}
      />
      <div className={styles.foot}>
        <Button
          small
          look="quiet"
          onClick={() => {
            onAddSection();
            setOpen(false);
          }}
        >
          Add a section
        </Button>
      </div>
    </Popover>
  );
}
