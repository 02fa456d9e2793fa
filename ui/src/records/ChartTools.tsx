import { ChevronDown, ZoomOut } from "lucide-react";
import { useState } from "react";
import { Button } from "../components/Button";
import { Menu } from "../components/Menu";
import { Popover } from "../components/Popover";
import type { SetQuery } from "../components/useQuery";
import { cutMiddle } from "../lib/format";
import { KeyList } from "./KeyList";
import { type ChartView, SIZES } from "./chartView";
import styles from "./ChartBoard.module.css";

const AXES = [
  ["step", "Step"],
  ["relative", "Time since start"],
  ["wall", "Wall time"],
] as const;

/** Axis, smoothing, scale and size, for all charts of the board at once. */
export function ChartTools({
  view,
  setQuery,
  metrics,
  onFind,
  hasRange,
  onReset,
}: {
  view: ChartView;
  setQuery: SetQuery;
  metrics: string[];
  onFind?: (text: string) => void;
  hasRange: boolean;
  onReset: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const word = view.axis === "metric" ? cutMiddle(view.xMetric, 20) : AXES.find(([axis]) => axis === view.axis)?.[1];
  const setAxis = (x: string) => setQuery({ x: x === "step" ? undefined : x, xr: undefined });
  return (
    <>
      <Popover
        label="What is on the x axis"
        width={280}
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <Button small look="quiet">
            x: {word}
            <ChevronDown size={11} />
          </Button>
        }
      >
        <KeyList
          label="Step, a time or another metric"
          value={view.axis === "metric" ? `metrics.${view.xMetric}` : view.axis}
          options={[...AXES.map(([value, label]) => ({ value, label })), ...metrics.map((key) => ({ value: `metrics.${key}`, label: key, note: "metric" }))]}
          {...(onFind ? { onFind } : {})}
          onChoose={(value) => {
            setAxis(value);
            setOpen(false);
          }}
        />
      </Popover>
      <label className={styles.slider}>
        Smoothing
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={view.smoothing}
          onChange={(event) => setQuery({ smooth: Number(event.target.value) ? event.target.value : undefined }, { replace: true })}
        />
        <output>{view.smoothing.toFixed(2)}</output>
      </label>
      <Button small look="quiet" on={view.isLogY} onClick={() => setQuery({ logy: view.isLogY ? undefined : "1" })}>
        log y
      </Button>
      <Button small look="quiet" on={view.isLogX} onClick={() => setQuery({ logx: view.isLogX ? undefined : "1" })}>
        log x
      </Button>
      <Button small look="quiet" on={view.isClipped} title="Values further away than three times the spread of the middle half leave the picture" onClick={() => setQuery({ clip: view.isClipped ? undefined : "1" })}>
        no outliers
      </Button>
      <Menu
        trigger={
          <Button small look="quiet">
            Size: {view.size}
            <ChevronDown size={11} />
          </Button>
        }
        entries={SIZES.map((size) => ({ label: size, checked: view.size === size, ...(size === "fit" ? { note: "as large as they fit" } : {}), onSelect: () => setQuery({ size: size === "fit" ? undefined : size }) }))}
      />
      {hasRange && (
        <Button small look="quiet" onClick={onReset}>
          <ZoomOut size={13} />
          Show all x
        </Button>
      )}
    </>
  );
}
