import { useMemo, useState } from "react";
import { Button } from "../components/Button";
import { SearchInput } from "../components/Field";
import { EmptyState } from "../components/States";
import type { SetQuery } from "../components/useQuery";
import { keyGroup } from "../lib/field";
import type { Query } from "../lib/query";
import { ChartTools } from "./ChartTools";
import { MetricChart } from "./MetricChart";
import type { ChartGroup, ChartRun } from "./chartLines";
import { readChartView } from "./chartView";
import styles from "./ChartBoard.module.css";

const AT_ONCE = 24;
/** So many charts are seen at once and need no headings. */
const FEW = 6;

/** Small pictures of metrics over steps or time, for the same runs, with one crosshair and one zoom. */
export function ChartBoard({
  runs,
  groups = [],
  metrics,
  onFind,
  query,
  setQuery,
  colourOf,
  focus,
  onFocus,
  onPick,
}: {
  runs: ChartRun[];
  /** Runs drawn together; none: each run is a line. */
  groups?: ChartGroup[];
  /** Keys, the most telling first. */
  metrics: string[];
  /** Asks for other keys, where there are more than were given. */
  onFind?: (text: string) => void;
  query: Query;
  setQuery: SetQuery;
  colourOf: (id: string) => string;
  focus: string | null;
  onFocus: (id: string | null) => void;
  onPick?: (id: string) => void;
}) {
  const view = readChartView(query);
  const [text, setText] = useState("");
  const [most, setMost] = useState(AT_ONCE);
  const wanted = text.trim().toLowerCase();
  const shown = useMemo(() => metrics.filter((key) => key.toLowerCase().includes(wanted)), [metrics, wanted]);
  const sections = useMemo(() => inSections(shown.slice(0, most)), [shown, most]);
  const onRange = (range: [number, number] | null) => setQuery({ xr: range ? range.map((v) => v.toPrecision(12)).map(Number).join("~") : undefined }, { replace: true });
  return (
    <div className={styles.board}>
      <div className={styles.tools}>
        <SearchInput
          className={styles.find}
          placeholder="Find a metric"
          aria-label="Find a metric"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onFind?.(event.target.value.trim());
          }}
        />
        <ChartTools view={view} setQuery={setQuery} metrics={metrics} hasRange={view.range !== null} onReset={() => onRange(null)} />
      </div>
      <div className={styles.scroll} style={{ "--chart-width": `${view.width}px` } as React.CSSProperties}>
        {sections.map(([section, keys]) => (
          <section key={section} className={styles.section}>
            {(sections.length > 1 || section) && <h2>{section || "Other"}</h2>}
            <div className={styles.grid}>
              {keys.map((key) => (
                <MetricChart
                  key={key}
                  metric={key}
                  runs={runs}
                  groups={groups}
                  view={view}
                  colourOf={colourOf}
                  focus={focus}
                  onFocus={onFocus}
                  onPick={onPick}
                  onRange={onRange}
                  isBig={view.big === key}
                  onBig={() => setQuery({ big: view.big === key ? undefined : key })}
                />
              ))}
            </div>
          </section>
        ))}
        {!shown.length && (
          <EmptyState
            title={wanted ? `No metric contains “${text}”` : "No metrics yet"}
            text={wanted ? "The search looks at the names of metrics." : "Charts appear here with the first logged metric:"}
            {...(wanted ? {} : { code: 'runfold.log_metric("loss", loss, step=step)' })}
          />
        )}
        {shown.length > most && (
          <div className={styles.more}>
            <Button onClick={() => setMost(most + AT_ONCE)}>Show {Math.min(AT_ONCE, shown.length - most)} more</Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Keys by the text before the slash; what stands alone stays together. The order is that of the first keys, the system's last. */
function inSections(keys: readonly string[]): [string, string[]][] {
  if (keys.length <= FEW) return [["", [...keys]]];
  const sizes = new Map<string, number>();
  for (const key of keys) sizes.set(keyGroup(key), (sizes.get(keyGroup(key)) ?? 0) + 1);
  const sections = new Map<string, string[]>();
  for (const key of keys) {
    const group = keyGroup(key);
    const section = (sizes.get(group) ?? 0) > 1 || group === "system" ? group : "";
    sections.set(section, [...(sections.get(section) ?? []), key]);
  }
  return [...sections].sort(([a], [b]) => Number(a === "system") - Number(b === "system"));
}
