import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Play, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useApi } from "../../api/context";
import { NEW_RULE, type RetentionPass, type RetentionRule } from "../../api/keeping/model";
import { keepingKeys, usePasses, useRules } from "../../api/keeping/queries";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Grid, type GridColumn } from "../../components/Grid";
import { EmptyState } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { bytes, count, plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { EditRule } from "./EditRule";
import { ruleSentence } from "./ruleSentence";
import styles from "./TrashPage.module.css";

/** What is kept, for how long, and what became of the rest. */
export function RulesTab({ tabs }: { tabs: ReactNode }) {
  const { keeping } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: rules, error, refetch } = useRules();
  const { data: passes } = usePasses();
  const [editing, setEditing] = useState<RetentionRule | null>(null);
  const [doomed, setDoomed] = useState<RetentionRule | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["retention"] });
  const apply = useMutation({
    mutationFn: (name: string) => keeping.apply(name),
    onSuccess: (done) => {
      if (done.error) notes.failed("The pass ended early", new Error(done.error));
      else notes.done(`${plural(done.nRetired, "run")} went to the trash, ${count(done.nPurged)} purged`);
    },
    onError: (problem) => notes.failed("The rule was not carried out", problem),
    onSettled: refresh,
  });
  const remove = async (name: string) => {
    setDoomed(null);
    try {
      await keeping.deleteRule(name);
      notes.done(`The rule ${name} is removed`);
    } catch (problem) {
      notes.failed("The rule could not be removed", problem);
    }
    await queries.invalidateQueries({ queryKey: keepingKeys.rules });
  };
  const columns: GridColumn<RetentionRule>[] = [
    { id: "name", title: "Rule", width: 180, isPinned: true, cell: ({ name }) => <span className={styles.name}>{name}</span> },
    { id: "place", title: "Place", width: 150, cell: ({ place }) => place },
    { id: "says", title: "What it says", width: 440, cell: (rule) => <span title={ruleSentence(rule)}>{ruleSentence(rule)}</span> },
    { id: "next", title: "Next pass", width: 130, cell: (rule) => (rule.isActive ? <Ago ms={rule.nextMs} /> : <span className={styles.quiet}>off</span>) },
    {
      id: "do",
      title: "Do",
      width: 110,
      cell: (rule) => (
        <>
          <IconButton small label={`Carry out ${rule.name} now`} disabled={apply.isPending} onClick={() => apply.mutate(rule.name)}>
            <Play size={13} />
          </IconButton>
          <IconButton small label={`Change ${rule.name}`} onClick={() => setEditing(rule)}>
            <Pencil size={13} />
          </IconButton>
          <IconButton small label={`Remove ${rule.name}`} onClick={() => setDoomed(rule)}>
            <Trash2 size={13} />
          </IconButton>
        </>
      ),
    },
  ];
  const add = (
    <Button onClick={() => setEditing(NEW_RULE)}>
      <Plus size={14} />
      Make a rule
    </Button>
  );
  return (
    <>
      <div className={styles.line}>
        {tabs}
        {rules && rules.length > 0 && <span className={styles.push}>{add}</span>}
      </div>
      {error && !rules ? (
        <FailureState what="The rules could not be loaded" error={error} retry={() => void refetch()} />
      ) : rules && !rules.length ? (
        <EmptyState title="There are no rules" text="A rule keeps the best and the last runs of each group, and sends the rest to the trash when it is old enough. You see what would go before anything does.">
          {add}
        </EmptyState>
      ) : (
        <>
          <Grid label="Rules" rows={rules ?? []} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
          {passes && passes.length > 0 && <Passes passes={passes} />}
        </>
      )}
      {editing && <EditRule before={editing} onClose={() => setEditing(null)} />}
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title={`Remove the rule ${doomed?.name ?? ""}?`}
        foot={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button look="danger" onClick={() => doomed && void remove(doomed.name)}>
              Remove the rule
            </Button>
          </>
        }
      >
        <p>What it has sent to the trash stays there until somebody purges it. Files that wait to go stay.</p>
      </Dialog>
    </>
  );
}

function Passes({ passes }: { passes: RetentionPass[] }) {
  const columns: GridColumn<RetentionPass>[] = [
    { id: "begun", title: "Pass", width: 180, isPinned: true, cell: ({ startMs }) => <Ago ms={startMs} /> },
    { id: "rule", title: "Rule", width: 170, cell: ({ rule }) => rule },
    { id: "by", title: "By", width: 130, cell: ({ by }) => by || <span className={styles.quiet}>the schedule</span> },
    { id: "gone", title: "To the trash", width: 120, isNumber: true, cell: ({ nRetired }) => count(nRetired) },
    { id: "bytes", title: "Space of files", width: 130, isNumber: true, cell: ({ nBytes }) => bytes(nBytes) },
    { id: "purged", title: "Purged", width: 100, isNumber: true, cell: ({ nPurged }) => count(nPurged) },
    { id: "state", title: "State", width: 320, cell: ({ error, endMs }) => (error ? <span className={styles.warning}>{error}</span> : endMs ? "done" : "under way, or its process was killed") },
  ];
  return <Grid label="Passes" rows={passes} keyOf={({ number }) => String(number)} columns={columns} cursor={-1} isSelected={() => false} />;
}
