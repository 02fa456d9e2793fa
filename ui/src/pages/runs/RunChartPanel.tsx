import { useRef } from "react";
import { type PanelControls, PanelFrame } from "../../records/PanelFrame";
import { ChartChoices, RunChartView } from "./RunChartView";
import { type ChartScope, useRunChart } from "./useRunChart";
import styles from "./Insights.module.css";

const HEIGHT = 280;
const BIG_HEIGHT = 480;

/** A chart on the board that is not lines. Large, it lets its axes be chosen. */
export function RunChartPanel({
  controls,
  scope,
  focus,
  onFocus,
  onPick,
  onFilter,
}: {
  controls: PanelControls;
  scope: ChartScope;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onPick: (id: string) => void;
  onFilter: (conditions: string) => void;
}) {
  const holder = useRef<HTMLElement>(null);
  const { panel, isBig } = controls;
  const chart = useRunChart(panel, scope);
  return (
    <PanelFrame
      ref={holder}
      controls={controls}
      title={chart.title}
      saving={chart.isEmpty || chart.isPending ? null : { name: chart.title, draw: chart.draw, csv: chart.csv }}
      extra={
        panel.kind === "scatter"
          ? [
              { label: "Log x axis", checked: panel.isLogX, onSelect: () => controls.onChange({ isLogX: !panel.isLogX }) },
              { label: "Log y axis", checked: panel.isLog, onSelect: () => controls.onChange({ isLog: !panel.isLog }) },
            ]
          : []
      }
      height={isBig ? Math.max(BIG_HEIGHT, panel.h) : panel.h || HEIGHT}
    >
      {(height) => (
        <>
          {isBig && (
            <div className={styles.choices}>
              <ChartChoices panel={panel} chart={chart} scope={scope} onChange={controls.onChange} />
            </div>
          )}
          <RunChartView chart={chart} panel={panel} height={height} focus={focus} onFocus={onFocus} onPick={onPick} onFilter={onFilter} />
        </>
      )}
    </PanelFrame>
  );
}
