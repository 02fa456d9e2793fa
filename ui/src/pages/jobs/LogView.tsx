import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownToLine, Palette, X } from "lucide-react";
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useApi } from "../../api/context";
import { type Job, isOver } from "../../api/work/model";
import { workKeys } from "../../api/work/queries";
import { Button, IconButton } from "../../components/Button";
import { CopyButton } from "../../components/Code";
import { SearchInput } from "../../components/Field";
import { useShortcuts } from "../../components/Shortcuts";
import { classes } from "../../lib/classes";
import { bytes, count, plural } from "../../lib/format";
import { linesOf, plainLine, spansOf } from "../../lib/terminal";
import { useJobLog } from "./useJobLog";
import styles from "./LogView.module.css";

const LINE = 18;
const MATCHES = 200;
const COLOURED_KEY = "runfold.log.coloured";

/** The output of a job as it comes: followed, searched, in its colours or without. */
export function LogView({ job, attempt }: { job: Job; attempt: number | null }) {
  const [place, setPlace] = useState<number | null>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [isColoured, setColoured] = useState(() => localStorage.getItem(COLOURED_KEY) !== "no");
  const [text, setText] = useState("");
  const { window: held, start, end, chosen, size, isWhole, isFull, error } = useJobLog(job.id, attempt, place, isFollowing);
  const lines = useMemo(() => linesOf(held), [held]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => LINE, overscan: 30, useFlushSync: false });
  useEffect(() => {
    if (isFollowing && lines.length) rows.scrollToIndex(lines.length - 1, { align: "end" });
  }, [rows, isFollowing, lines]);
  const isChosenThere = chosen !== null && lines.length > chosen;
  useEffect(() => {
    if (isChosenThere) rows.scrollToIndex(chosen, { align: chosen ? "center" : "start" });
  }, [rows, chosen, isChosenThere]);
  const show = (byte: number) => {
    setFollowing(false);
    setPlace(byte);
  };
  const colour = () => {
    localStorage.setItem(COLOURED_KEY, isColoured ? "no" : "yes");
    setColoured(!isColoured);
  };
  const follow = () => {
    setPlace(null);
    setFollowing(true);
  };
  useShortcuts([
    { keys: "/", label: "Search in the log", run: () => document.getElementById("find-in-log")?.focus() },
    { keys: "f", label: "Follow the log", run: () => (isFollowing ? setFollowing(false) : follow()) },
    { keys: "c", label: "Colours of the log", run: colour },
  ]);
  const onScroll = () => {
    const at = scroller.current;
    if (at && isFollowing && at.scrollHeight - at.scrollTop - at.clientHeight > 3 * LINE) setFollowing(false);
  };
  const isWaiting = !isOver(job.state) && !lines.length;
  return (
    <section className={styles.log} aria-label="Log">
      <div className={styles.line}>
        <SearchInput id="find-in-log" className={styles.find} aria-label="Search in the log" placeholder="Search in the whole log" value={text} onChange={(event) => setText(event.target.value)} />
        <span className={styles.note} role="status">
          {size > 0 && `${bytes(size)}${isWhole ? "" : ", growing"}`}
        </span>
        <Button small look="quiet" on={isFollowing} onClick={() => (isFollowing ? setFollowing(false) : follow())}>
          <ArrowDownToLine size={13} />
          {isOver(job.state) ? "End" : "Follow"}
        </Button>
        <IconButton small label={isColoured ? "Without colours" : "In colours"} keys="C" on={isColoured} onClick={colour}>
          <Palette size={13} />
        </IconButton>
        <CopyButton text={() => lines.map(plainLine).join("\n")} label="Copy what is shown" />
      </div>
      {text.trim() && <Matches job={job} attempt={attempt} text={text.trim()} chosen={place} onChoose={show} onClose={() => setText("")} />}
      {(start > 0 || held.isCut) && (
        <p className={styles.more}>
          {place === null ? "The end of a long log." : "A part of a long log."}
          <Button small look="quiet" onClick={() => show(0)}>
            Show its beginning
          </Button>
          {!held.isCut && (
            <Button small look="quiet" onClick={() => show(start)}>
              Show what is before
            </Button>
          )}
        </p>
      )}
      {error && (
        <p role="alert" className={styles.problem}>
          {error.message}
        </p>
      )}
      <div ref={scroller} className={styles.lines} tabIndex={0} role="log" aria-label="Output" aria-live="off" onScroll={onScroll}>
        <div style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start: top }) => (
            <Line key={index} text={lines[index] ?? ""} top={top} isColoured={isColoured} isChosen={place !== null && place > 0 && index === chosen} wanted={text.trim()} />
          ))}
        </div>
        {isWaiting && <p className={styles.quiet}>{job.state === "queued" ? "It waits for an agent; the log begins when one takes it." : "Nothing has been written yet."}</p>}
        {isOver(job.state) && isWhole && !lines.length && <p className={styles.quiet}>It wrote nothing.</p>}
      </div>
      {isFull && (
        <p className={styles.more} role="status">
          {`${count(lines.length)} lines are shown; more follows.`}
          <Button small look="quiet" onClick={() => show(end)}>
            Show what follows
          </Button>
        </p>
      )}
    </section>
  );
}

const COLOURS = [styles.black, styles.red, styles.green, styles.yellow, styles.blue, styles.magenta, styles.cyan, styles.white];

const Line = memo(function Line({ text, top, isColoured, isChosen, wanted }: { text: string; top: number; isColoured: boolean; isChosen: boolean; wanted: string }) {
  const plain = plainLine(text);
  const isFound = wanted !== "" && plain.toLowerCase().includes(wanted.toLowerCase());
  return (
    <div className={classes(styles.row, isFound && styles.found, isChosen && styles.chosen)} aria-current={isChosen || undefined} style={{ top, height: LINE }}>
      {isColoured
        ? spansOf(text).map((span, at) => (
            <span key={at} className={classes(span.colour !== null && COLOURS[span.colour], span.isBold && styles.bold)}>
              {span.text}
            </span>
          ))
        : plain}
    </div>
  );
});

interface MatchesProps {
  job: Job;
  attempt: number | null;
  text: string;
  /** The byte of the line that is looked at. */
  chosen: number | null;
  onChoose: (start: number) => void;
  onClose: () => void;
}

function Matches({ job, attempt, text, chosen, onChoose, onClose }: MatchesProps) {
  const api = useApi();
  const wanted = useDeferredValue(text);
  const { data, error } = useQuery({
    queryKey: [...workKeys.job(job.id), "search", attempt, wanted],
    queryFn: ({ signal }) => api.work.searchLog(job.id, attempt, wanted, MATCHES, signal),
    staleTime: isOver(job.state) ? Infinity : 2_000,
  });
  return (
    <div className={styles.matches}>
      <p role="status">
        {error ? error.message : data ? `${data.isComplete ? "" : "The first "}${plural(data.matches.length, "line")} with “${wanted}”` : "Searching"}
        <IconButton small label="Close the search" onClick={onClose}>
          <X size={13} />
        </IconButton>
      </p>
      <ol>
        {data?.matches.map(({ line, start, text: found }) => (
          <li key={start}>
            <button type="button" aria-pressed={start === chosen} onClick={() => onChoose(start)}>
              <small>{line}</small>
              {plainLine(found)}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
