import { RotateCcw } from "lucide-react";
import { type CSSProperties, type ReactNode, useMemo, useRef, useState } from "react";
import { useSize } from "../charts/useSize";
import { Button, IconButton } from "../components/Button";
import { SearchInput } from "../components/Field";
import { EmptyState } from "../components/States";
import type { SetQuery } from "../components/useQuery";
import { fittingShape, fixedShape } from "../lib/boardShape";
import {
  HEIGHTS,
  type Layout,
  type Panel,
  type PanelKind,
  type Section,
  addPanel,
  addSection,
  changePanel,
  changeSection,
  findPanel,
  makePanel,
  mapPanels,
  metricsOf,
  movePanel,
  moveSection,
  nudgePanel,
  readLayout,
  removePanel,
  removeSection,
  writeLayout,
} from "../lib/layout";
import type { Query } from "../lib/query";
import { AddChart } from "./AddChart";
import { BoardSection } from "./BoardSection";
import { ChartTools } from "./ChartTools";
import { MetricChart } from "./MetricChart";
import type { PanelControls } from "./PanelFrame";
import { autoLayout } from "./autoLayout";
import type { ChartGroup, ChartRun } from "./chartLines";
import { WIDTHS, readChartView } from "./chartView";
import { useBoardDrag } from "./useBoardDrag";
import styles from "./ChartBoard.module.css";

const AT_ONCE = 24;
const NO_CHOICES = {};
const BIG_HEIGHT = 720;
/** As the style sheet has them; a section without a name has its padding alone. */
const ROOM = { gap: 20, side: 16, chartHead: 36 } as const;
const SECTION = { named: 38, nameless: 12 } as const;

/** All panels so wide, and as high as the board made them. */
function sized(layout: Layout, w: number, height: number): Layout {
  const h = Math.round(height / HEIGHTS.step) * HEIGHTS.step;
  return mapPanels(layout, (panel) => ({ ...panel, w, h: Math.min(HEIGHTS.most, h) }));
}

/**
 * Small pictures of metrics over steps or time, for the same runs, with one crosshair and one zoom. The board lays itself out until somebody
 * moves, names, adds or removes something; from then on it is as they left it, in the address.
 */
export function ChartBoard({
  runs,
  groups = [],
  metrics,
  onFind,
  choices = NO_CHOICES,
  query,
  setQuery,
  colourOf,
  focus,
  onFocus,
  onPick,
  kinds = ["line"],
  renderPanel,
}: {
  runs: ChartRun[];
  /** Runs drawn together; none: each run is a line. */
  groups?: ChartGroup[];
  /** Keys, the most telling first. */
  metrics: string[];
  /** Asks for other keys, where there are more than were given. */
  onFind?: (text: string) => void;
  /** Keys to choose from for an axis or a further chart, where there are more than `metrics`. */
  choices?: { metrics?: string[]; onFind?: (text: string) => void };
  query: Query;
  setQuery: SetQuery;
  colourOf: (id: string) => string;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onPick?: (id: string) => void;
  /** What can be added. */
  kinds?: readonly PanelKind[];
  /** Draws the kinds that the board does not know itself. */
  renderPanel?: (controls: PanelControls) => ReactNode;
}) {
  const view = readChartView(query);
  const picking = { metrics, ...choices };
  const [text, setText] = useState("");
  const [most, setMost] = useState(AT_ONCE);
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height: tall } = useSize(scroller);
  const wanted = text.trim().toLowerCase();
  const own = useMemo(() => readLayout(query.board), [query.board]);
  const shown = useMemo(() => metrics.filter((key) => key.toLowerCase().includes(wanted)), [metrics, wanted]);
  const automatic = useMemo(() => autoLayout(shown.slice(0, most)), [shown, most]);
  const layout: Layout = own ?? automatic;
  const room = {
    ...ROOM,
    width,
    height: tall,
    leastWidth: WIDTHS[view.size === "fit" ? "medium" : view.size],
    sectionHead: own || layout.some((section) => section.name) ? SECTION.named : SECTION.nameless,
  };
  const isFitting = view.size === "fit" && !own;
  const fixed = fixedShape(room);
  const { columns: nColumns, height } = isFitting ? fittingShape(layout.map((section) => section.panels.length), room) : fixed;
  // What somebody goes on from looks as it did before.
  const editable = own ?? (isFitting ? sized(automatic, Math.max(1, Math.floor(fixed.columns / nColumns)), height) : automatic);

  const setLayout = (next: Layout) => setQuery({ board: writeLayout(next) });
  const onRange = (range: [number, number] | null) => setQuery({ xr: range ? range.map((v) => v.toPrecision(12)).map(Number).join("~") : undefined }, { replace: true });
  const add = (kind: PanelKind, y: string) => setLayout(addPanel(editable, makePanel(kind, y), 0, 0));
  const drag = useBoardDrag((id, drop) => {
    const target = drop.panel ? findPanel(editable, drop.panel) : null;
    const place = target ? target.place + (drop.side === "after" ? 1 : 0) : (editable[drop.section]?.panels.length ?? 0);
    setLayout(movePanel(editable, id, drop.section, place));
  });
  const controlsOf = (panel: Panel): PanelControls => {
    const big = panel.kind === "line" && query.big === panel.y ? panel.y : panel.id;
    const isBig = view.big === big;
    return {
      panel,
      nColumns,
      isBig,
      onBig: () => setQuery({ big: isBig ? undefined : panel.kind === "line" ? panel.y : panel.id }),
      onChange: (patch) => setLayout(changePanel(editable, panel.id, patch)),
      onRemove: () => setLayout(removePanel(editable, panel.id)),
      onNudge: (by) => setLayout(nudgePanel(editable, panel.id, by)),
      onDragStart: (event) => drag.start(panel.id, event),
      dropSide: drag.drop?.panel === panel.id ? drag.drop.side : null,
      isDragged: drag.dragged === panel.id,
    };
  };
  const isSought = (panel: Panel) => !own || !wanted || `${panel.name} ${metricsOf(panel).join(" ")}`.toLowerCase().includes(wanted);
  const draw = (panel: Panel) =>
    panel.kind === "line" ? (
      <MetricChart
        key={panel.id}
        controls={controlsOf(panel)}
        height={height}
        bigHeight={Math.max(height, Math.min(BIG_HEIGHT, tall - ROOM.chartHead - room.sectionHead))}
        choices={picking}
        runs={runs}
        groups={groups}
        view={view}
        colourOf={colourOf}
        focus={focus}
        onFocus={onFocus}
        onPick={onPick}
        onRange={onRange}
      />
    ) : (
      renderPanel?.(controlsOf(panel))
    );
  const sectionProps = (section: Section, at: number) => ({
    section,
    at,
    isOwn: own !== null,
    isLast: at === layout.length - 1,
    isDropTarget: drag.drop?.section === at && drag.drop.panel === null,
    onChange: (patch: Partial<Section>) => setLayout(changeSection(editable, at, patch)),
    onMove: (by: 1 | -1) => setLayout(moveSection(editable, at, by)),
    onRemove: () => setLayout(removeSection(editable, at)),
  });
  return (
    <div className={styles.board}>
      <div className={styles.tools}>
        <SearchInput
          className={styles.find}
          placeholder={own ? "Find a chart" : "Find a metric"}
          aria-label={own ? "Find a chart" : "Find a metric"}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onFind?.(event.target.value.trim());
          }}
        />
        <ChartTools view={view} setQuery={setQuery} {...picking} hasRange={view.range !== null} onReset={() => onRange(null)} />
        <span className={styles.push}>
          <AddChart kinds={kinds} {...picking} onAdd={add} onAddSection={() => setLayout(addSection(editable, "New section"))} />
          {own && (
            <IconButton small label="Automatic layout" onClick={() => setQuery({ board: undefined })}>
              <RotateCcw size={13} />
            </IconButton>
          )}
        </span>
      </div>
      <div ref={scroller} className={styles.scroll} style={{ "--columns": nColumns } as CSSProperties}>
        {width > 0 &&
          layout.map((section, at) => (
            <BoardSection key={at} {...sectionProps(section, at)}>
              {section.panels.filter(isSought).map(draw)}
            </BoardSection>
          ))}
        {!own && !shown.length && (
          <EmptyState
            title={wanted ? `No metric contains “${text}”` : "No metrics yet"}
            text={wanted ? "The search looks at the names of metrics." : "Charts appear here with the first logged metric:"}
            {...(wanted ? {} : { code: 'runfold.log_metric("loss", loss, step=step)' })}
          />
        )}
        {own && !layout.some((section) => section.panels.length) && <EmptyState title="An empty board" text="Add a chart, or go back to the automatic layout: it shows every metric." />}
        {!own && shown.length > most && (
          <div className={styles.more}>
            <Button onClick={() => setMost(most + AT_ONCE)}>Show {Math.min(AT_ONCE, shown.length - most)} more</Button>
          </div>
        )}
      </div>
    </div>
  );
}
