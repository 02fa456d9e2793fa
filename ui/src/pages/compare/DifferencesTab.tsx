import { Link } from "@tanstack/react-router";
import { ArrowLeftToLine, ArrowRightToLine, ChevronDown, Flag, X } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { Menu } from "../../components/Menu";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { type MarkState, StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { useQueryText } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { cutMiddle, duration, exactNumber, plural, shortNumber } from "../../lib/format";
import { type CompareRow, type MetricStat, type Section, bestIndex, compareRows, delta, inOrder, inSections, nextOrder, readOrder, readStat } from "./compareRows";
import type { ComparisonProps } from "./ComparePage";
import styles from "./ComparePage.module.css";

type Row = { section: Section; row: null } | { section: Section; row: CompareRow };

const STATS: Record<MetricStat, string> = { last: "last", min: "least", max: "greatest" };
const KEY_WIDTH = 220;
const WIDTHS = { least: 140, most: 260, table: 840 };
const LETTER = 7;

/** What the runs do not share first; numbers with their distance to a baseline. */
export function DifferencesTab({ runs, query, setQuery, colourOf, tabs }: ComparisonProps & { tabs: ReactNode }) {
  const [text, setText] = useQueryText("find");
  const stat = readStat(query.stat);
  const onlyDifferent = query.all !== "1";
  const [cursor, setCursor] = useState(-1);
  const base = Math.max(0, runs.findIndex((run) => run.id === query.base));
  const all = useMemo(() => compareRows(runs, stat), [runs, stat]);
  const order = useMemo(() => readOrder(query.by), [query.by]);
  const places = useMemo(() => inOrder(all, order, runs.length), [all, order, runs.length]);
  const sections = useMemo(() => inSections(all, onlyDifferent, text), [all, onlyDifferent, text]);
  const rows = useMemo(
    () => sections.filter((section) => section.rows.length).flatMap((section): Row[] => [{ section, row: null }, ...section.rows.map((row) => ({ section, row }))]),
    [sections],
  );
  const nHidden = sections.reduce((sum, section) => sum + section.nHidden, 0);
  const find = useRef<HTMLInputElement>(null);
  const orderBy = (row: CompareRow) => setQuery({ by: nextOrder(row, order) }, { replace: true });
  const toggleAll = () => setQuery({ all: onlyDifferent ? "1" : undefined }, { replace: true });
  useShortcuts([
    { keys: "/", label: "Find a key", run: () => find.current?.focus() },
    { keys: "d", label: "Only differences, or all", run: toggleAll },
    { keys: "j", label: "Next row", run: () => setCursor(Math.min(rows.length - 1, cursor + 1)) },
    { keys: "k", label: "Previous row", run: () => setCursor(Math.max(0, cursor - 1)) },
    {
      keys: "s",
      label: "Order the runs by this row",
      run: () => {
        const row = rows[cursor]?.row;
        if (row) orderBy(row);
      },
    },
  ]);
  const width = Math.round(Math.max(WIDTHS.least, Math.min(WIDTHS.most, WIDTHS.table / runs.length)));

  const columns: GridColumn<Row>[] = [
    {
      id: "key",
      title: "",
      width: KEY_WIDTH,
      isPinned: true,
      head: <span />,
      cell: ({ section, row }) =>
        row ? (
          <OrderButton row={row} isOrdered={order?.kind === row.kind && order.key === row.key} isReversed={!!order?.isReversed} onOrder={() => orderBy(row)} />
        ) : (
          <span className={styles.section}>{section.title}</span>
        ),
    },
    // The baseline stays in sight, however many runs are scrolled past it.
    ...[base, ...places.filter((at) => at !== base)].map((at): GridColumn<Row> => {
      const run = runs[at] as Run;
      return {
        id: run.id,
        title: run.name,
        width,
        isPinned: at === base,
        head: (
          <RunHead
            run={run}
            letters={Math.floor((width - 40) / LETTER)}
            colour={colourOf(run.id)}
            isBase={at === base}
            onBase={() => setQuery({ base: run.id }, { replace: true })}
            onRemove={runs.length > 2 ? () => setQuery({ runs: runs.filter((r) => r !== run).map((r) => r.id).join(",") }) : undefined}
          />
        ),
        cell: ({ row }) => row && <ValueCell row={row} at={at} base={base} />,
      };
    }),
  ];
  return (
    <>
      <div className={styles.line}>
        {tabs}
        <SearchInput
          ref={find}
          className={styles.find}
          placeholder="Find a key"
          aria-label="Find a key"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button small look="quiet" on={onlyDifferent} title={onlyDifferent ? `${plural(nHidden, "row")} alike left out` : undefined} onClick={toggleAll}>
          Only differences
        </Button>
        <span className={styles.push}>
          <Menu
            align="end"
            trigger={
              <Button small look="quiet">
                Metrics: {STATS[stat]}
                <ChevronDown size={11} />
              </Button>
            }
            entries={(Object.keys(STATS) as MetricStat[]).map((key) => ({
              label: STATS[key],
              checked: key === stat,
              onSelect: () => setQuery({ stat: key === "last" ? undefined : key }, { replace: true }),
            }))}
          />
          <Menu
            align="end"
            trigger={
              <Button small look="quiet" title={runs[base]?.name}>
                Baseline: {cutMiddle(runs[base]?.name ?? "", 20)}
                <ChevronDown size={11} />
              </Button>
            }
            entries={runs.map((run, at) => ({ label: run.name, checked: at === base, onSelect: () => setQuery({ base: run.id }, { replace: true }) }))}
          />
        </span>
      </div>
      {rows.length ? (
        <Grid
          label="Comparison"
          rows={rows}
          keyOf={(row) => (row.row ? `${row.row.kind}/${row.row.key}` : row.section.title)}
          columns={columns}
          cursor={cursor}
          isSelected={() => false}
          onRowClick={(_, at) => setCursor(at)}
        />
      ) : (
        <EmptyState
          title={text ? `No key contains “${cutMiddle(text, 40)}”` : "These runs agree in everything"}
          text={text ? "The search looks at the names of params, metrics and tags." : `All ${plural(nHidden, "row")} are alike.`}
        >
          <Button onClick={() => setQuery({ all: "1", find: undefined }, { replace: true })}>Show all rows</Button>
        </EmptyState>
      )}
    </>
  );
}

/** The name of a row, which orders the runs by what they have there. */
function OrderButton({ row, isOrdered, isReversed, onOrder }: { row: CompareRow; isOrdered: boolean; isReversed: boolean; onOrder: () => void }) {
  const Icon = isReversed ? ArrowRightToLine : ArrowLeftToLine;
  const first = row.kind === "metrics" ? "the best" : "the least";
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes(styles.key, isOrdered && styles.ordered)}
      title={`${row.key}\n${isOrdered ? (isReversed ? "Back to the order in which the runs were chosen" : "The other way round") : `Order the runs by this, ${first} first`}`}
      onClick={onOrder}
    >
      <span>{row.key}</span>
      <Icon size={12} aria-label={isOrdered ? (isReversed ? `Ordered by this, ${first} last` : `Ordered by this, ${first} first`) : undefined} />
    </button>
  );
}

function RunHead({
  run,
  letters,
  colour,
  isBase,
  onBase,
  onRemove,
}: {
  run: Run;
  letters: number;
  colour: string;
  isBase: boolean;
  onBase: () => void;
  onRemove: (() => void) | undefined;
}) {
  return (
    <span className={styles.runHead}>
      <i style={{ background: colour }} />
      <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
        {cutMiddle(run.name, letters)}
      </Link>
      {isBase && <Flag className={styles.flag} size={12} aria-label="The baseline" />}
      <span className={styles.headTools}>
        <IconButton small label={isBase ? "The baseline" : `Make ${run.name} the baseline`} on={isBase} onClick={onBase}>
          <Flag size={12} />
        </IconButton>
        {onRemove && (
          <IconButton small label={`Leave out ${run.name}`} onClick={onRemove}>
            <X size={12} />
          </IconButton>
        )}
      </span>
    </span>
  );
}

function ValueCell({ row, at, base }: { row: CompareRow; at: number; base: number }) {
  const value = row.values[at] ?? null;
  if (value === null) return <span className={styles.same}>–</span>;
  if (row.kind === "about") return <AboutCell name={row.key} value={value} />;
  if (row.kind !== "metrics") {
    const isSame = at !== base && value === row.values[base];
    return (
      <span className={classes(styles.value, isSame && row.isDifferent && styles.same)} title={String(value).slice(0, 2000)}>
        {value === "" ? "empty" : paramText(String(value))}
      </span>
    );
  }
  const difference = at === base ? null : delta(row.key, value, row.values[base] ?? null);
  return (
    <>
      <span className={bestIndex(row) === at ? styles.best : undefined} title={exactNumber(value as number)}>
        {shortNumber(value as number)}
      </span>
      {difference && <span className={classes(styles.delta, difference.isBetter ? styles.better : styles.worse)}>{difference.text}</span>}
    </>
  );
}

const LONG_NUMBER = 9;

/** A number with all its digits says less beside others; the hint has them. */
function paramText(text: string): string {
  return text.length > LONG_NUMBER && /^-?\d*\.\d+(e[+-]?\d+)?$/i.test(text) ? shortNumber(Number(text)) : text.slice(0, 200);
}

function AboutCell({ name, value }: { name: string; value: string | number }) {
  switch (name) {
    case "State":
      return <StateMark state={value as MarkState} />;
    case "Started":
      return <Ago ms={value as number} />;
    case "Duration":
      return duration(value as number);
    case "Commit":
      return <code title={String(value)}>{String(value).slice(0, 10)}</code>;
    default:
      return (
        <span className={styles.value} title={String(value)}>
          {value}
        </span>
      );
  }
}
