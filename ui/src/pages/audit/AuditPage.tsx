import { Anchor } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import type { AuditRecord } from "../../api/audit/model";
import { useAudit } from "../../api/audit/queries";
import { ApiError } from "../../api/client";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { FilterField, type FilterHandle } from "../../components/FilterField";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { CrumbHere, Page } from "../../components/Page";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { useQueryState } from "../../components/useQuery";
import type { CompletionPoint } from "../../lib/filter/complete";
import { count, plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { AuditPeek } from "./AuditPeek";
import { completeAudit } from "./auditCompletions";
import { ObjectLink } from "./objectLinks";
import styles from "./AuditPage.module.css";

const COLUMNS: GridColumn<AuditRecord>[] = [
  { id: "time", title: "When", width: 110, isPinned: true, cell: ({ timeMs }) => <Ago ms={timeMs} /> },
  { id: "user", title: "User", width: 130, cell: ({ user }) => user || <span className={styles.quiet}>nobody</span> },
  { id: "action", title: "Action", width: 230, cell: ({ action }) => <span title={action}>{action}</span> },
  { id: "object", title: "Object", width: 290, cell: ({ object }) => <ObjectLink object={object} /> },
  { id: "result", title: "Result", width: 110, cell: ({ result, nTimes }) => <span className={styles[result]}>{nTimes > 1 ? `${result} ×${count(nTimes)}` : result}</span> },
  { id: "address", title: "Address", width: 130, cell: ({ address }) => address },
  { id: "detail", title: "Detail", width: 320, cell: ({ detail }) => <span title={detail}>{detail}</span> },
];

/** Who did what, newest first; for administrators. */
export function AuditPage() {
  const account = useAccount();
  const { audit } = useApi();
  const notes = useNotes();
  const [query, setQuery] = useQueryState();
  const filter = query.filter ?? "";
  const found = useAudit(filter, account?.isAdmin ?? false);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, error } = found;
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const [point, setPoint] = useState<CompletionPoint | null>(null);
  const completions = useMemo(() => (point ? completeAudit(point, rows) : []), [point, rows]);
  const [cursor, setCursor] = useState(-1);
  const [isPeeking, setPeeking] = useState(false);
  const field = useRef<FilterHandle>(null);
  const here = rows[cursor];

  const move = (by: number) => setCursor(Math.min(rows.length - 1, Math.max(0, cursor + by)));
  const show = (next: string) => {
    setQuery({ filter: next || undefined });
    setPeeking(false);
    setCursor(-1);
  };
  useShortcuts([
    { keys: "j", label: "Next record", run: () => move(1) },
    { keys: "k", label: "Previous record", run: () => move(-1) },
    { keys: "arrowdown", label: "Next record", run: () => move(1) },
    { keys: "arrowup", label: "Previous record", run: () => move(-1) },
    { keys: "enter", label: "All that it says", run: () => here && setPeeking(true) },
    { keys: "space", label: "All that it says", run: () => here && setPeeking(!isPeeking) },
    { keys: "escape", label: "Close the details", run: () => setPeeking(false) },
    { keys: "/", label: "Filter the audit", run: () => field.current?.focus() },
  ]);
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const copyAnchor = async () => {
    try {
      const { number, digest } = await audit.head();
      await navigator.clipboard.writeText(`${number}:${digest}`);
      notes.done("The anchor is copied: keep it elsewhere, for `runfold audit verify --anchor`");
    } catch (problem) {
      notes.failed("The anchor could not be copied", problem);
    }
  };

  const crumbs = <CrumbHere>Audit</CrumbHere>;
  if (!account?.isAdmin) {
    return (
      <Page title="Audit" crumbs={crumbs}>
        <EmptyState
          title={account ? "This page is for administrators" : "This server has no users"}
          text={account ? "They see who did what to which object." : "So nobody can say who did what. Start it with this option, and it keeps an audit:"}
          {...(account ? {} : { code: "runfold server --auth" })}
        />
      </Page>
    );
  }
  const mistake = error instanceof ApiError && error.position !== null ? { message: error.message, start: error.position, end: error.position + 1 } : null;
  return (
    <Page
      title="Audit"
      crumbs={crumbs}
      actions={
        <Button look="quiet" onClick={() => void copyAnchor()}>
          <Anchor size={14} />
          Copy the anchor
        </Button>
      }
    >
      <ListLine count={found.data && (hasNextPage ? `${count(rows.length)} and more` : plural(rows.length, "record"))}>
        <FilterField
          ref={field}
          value={filter}
          placeholder="Filter: user = 'ann' AND result != 'allowed' AND time > '2026-11-01'"
          completions={completions}
          onPoint={setPoint}
          serverError={mistake}
          onApply={(next, isTyping) => setQuery({ filter: next || undefined }, { replace: isTyping })}
        />
      </ListLine>
      {error && !mistake && !rows.length ? (
        <FailureState what="The audit could not be loaded" error={error} retry={() => void found.refetch()} />
      ) : !found.isPending && !rows.length && !mistake ? (
        <EmptyState title={filter ? "Nothing in the audit is like that" : "Nothing has been recorded yet"} text="Changes, sign-ins and refusals appear here, the newest first.">
          {filter && <Button onClick={() => show("")}>Show all records</Button>}
        </EmptyState>
      ) : (
        <Grid
          label="Audit"
          rows={rows}
          total={hasNextPage ? undefined : rows.length}
          keyOf={({ number }) => String(number)}
          columns={COLUMNS}
          cursor={cursor}
          isSelected={() => false}
          onRowClick={(_, at) => {
            setCursor(at);
            setPeeking(true);
          }}
          onNearEnd={nearEnd}
          foot={isFetchingNextPage ? `${plural(rows.length, "record")} loaded, more are coming` : null}
        />
      )}
      {isPeeking && here && <AuditPeek record={here} onFilter={show} onClose={() => setPeeking(false)} />}
    </Page>
  );
}
