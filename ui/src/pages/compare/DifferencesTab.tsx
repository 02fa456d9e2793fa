import { Link } from "@tanstack/react-router";
import { Flag, X } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { type MarkState, StateMark } from "../../components/StateMark";
import { Ago } from "../../components/Time";
import { classes } from "../../lib/classes";
import { cutMiddle, duration, exactNumber, plural, shortNumber } from "../../lib/format";
import { type CompareRow, type Section, bestIndex, compareRows, delta, inSections } from "./compareRows";
import type { ComparisonProps } from "./ComparePage";
import styles from "./ComparePage.module.css";

type Row = { section: Section; row: null } | { section: Section; row: CompareRow };

/** What the runs do not share first; numbers with their distance to a baseline. */
export function DifferencesTab({ runs, query, setQuery, colourOf, tabs }: ComparisonProps & { tabs: ReactNode }) {
  const [text, setText] = useState("");
  const onlyDifferent = query.all !== "1";
  const base = Math.max(0, runs.findIndex((run) => run.id === query.base));
  const all = useMemo(() => compareRows(runs), [runs]);
  const sections = useMemo(() => inSections(all, onlyDifferent, text), [all, onlyDifferent, text]);
  const rows = useMemo(() => sections.flatMap((section): Row[] => [{ section, row: null }, ...section.rows.map((row) => ({ section, row }))]), [sections]);
  const nHidden = sections.reduce((sum, section) => sum + section.nHidden, 0);

  const columns: GridColumn<Row>[] = [
    {
      id: "key",
      title: "",
      width: 240,
      isPinned: true,
      head: <span />,
      cell: ({ section, row }) =>
        row ? (
          <span className={styles.key} title={row.key}>
            {row.key}
          </span>
        ) : (
          <span className={styles.section}>{section.title}</span>
        ),
    },
    ...runs.map((run, at): GridColumn<Row> => ({
      id: run.id,
      title: run.name,
      width: Math.max(150, Math.min(240, 780 / runs.length)),
      head: (
        <RunHead
          run={run}
          colour={colourOf(run.id)}
          isBase={at === base}
          onBase={() => setQuery({ base: run.id }, { replace: true })}
          onRemove={runs.length > 2 ? () => setQuery({ runs: runs.filter((r) => r !== run).map((r) => r.id).join(",") }) : undefined}
        />
      ),
      cell: ({ row }) => row && <ValueCell row={row} at={at} base={base} />,
    })),
  ];
  return (
    <>
      <div className={styles.line}>
        {tabs}
        <SearchInput className={styles.find} placeholder="Find a key" aria-label="Find a key" value={text} onChange={(event) => setText(event.target.value)} />
        <Button small look="quiet" on={onlyDifferent} onClick={() => setQuery({ all: onlyDifferent ? "1" : undefined }, { replace: true })}>
          Only differences
        </Button>
        {onlyDifferent && nHidden > 0 && <span>{plural(nHidden, "row")} alike left out</span>}
        <span className={styles.push}>Baseline: {cutMiddle(runs[base]?.name ?? "", 24)}</span>
      </div>
      <Grid
        label="Comparison"
        rows={rows}
        keyOf={(row) => (row.row ? `${row.row.kind}/${row.row.key}` : row.section.title)}
        columns={columns}
        cursor={-1}
        isSelected={() => false}
      />
    </>
  );
}

function RunHead({ run, colour, isBase, onBase, onRemove }: { run: Run; colour: string; isBase: boolean; onBase: () => void; onRemove: (() => void) | undefined }) {
  return (
    <span className={styles.runHead}>
      <i style={{ background: colour }} />
      <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
        {cutMiddle(run.name, 20)}
      </Link>
      <IconButton small label={isBase ? "The baseline" : "Make this the baseline"} on={isBase} onClick={onBase}>
        <Flag size={12} />
      </IconButton>
      {onRemove && (
        <IconButton small label={`Leave out ${run.name}`} onClick={onRemove}>
          <X size={12} />
        </IconButton>
      )}
    </span>
  );
}

function ValueCell({ row, at, base }: { row: CompareRow; at: number; base: number }) {
  const value = row.values[at] ?? null;
  if (value === null) return null;
  if (row.kind === "about") return <AboutCell name={row.key} value={value} />;
  if (row.kind !== "metrics") {
    const isSame = at !== base && value === row.values[base];
    return (
      <span className={classes(styles.value, isSame && row.isDifferent && styles.same)} title={String(value).slice(0, 2000)}>
        {String(value).slice(0, 200)}
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
