import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useApi } from "../../api/context";
import { NEW_RULE, type RetentionRule } from "../../api/keeping/model";
import { keepingKeys, usePasses, useRules } from "../../api/keeping/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { EmptyState } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import { count, plural } from "../../lib/format";
import { FailureState } from "../FailureState";
import { EditRule } from "./EditRule";
import { PassTable, RuleTable } from "./RuleTable";
import styles from "./retention.module.css";

interface RulesProps {
  /** Whose; null: the server's, and beside them those of all workspaces. */
  workspace: string | null;
  /** What stands before the button that makes a rule, on a page of their own. */
  tabs?: ReactNode;
}

/** What is kept, for how long, and what became of the rest. */
export function Rules({ workspace, tabs }: RulesProps) {
  const { keeping } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: rules, error, refetch } = useRules(workspace);
  const { data: passes } = usePasses(workspace);
  const [editing, setEditing] = useState<RetentionRule | null>(null);
  const [doomed, setDoomed] = useState<RetentionRule | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: keepingKeys.retention });
  const apply = useMutation({
    mutationFn: (rule: RetentionRule) => keeping.apply(rule),
    onSuccess: (done) => {
      if (done.error) notes.failed("The pass ended early", new Error(done.error));
      else notes.done(`${plural(done.nRetired, "run")} went to the trash, ${count(done.nPurged)} purged`);
    },
    onError: (problem) => notes.failed("The rule was not carried out", problem),
    onSettled: refresh,
  });
  const remove = async (rule: RetentionRule) => {
    setDoomed(null);
    try {
      await keeping.deleteRule(rule);
      notes.done(`The rule ${rule.name} is removed`);
    } catch (problem) {
      notes.failed("The rule could not be removed", problem);
    }
    await refresh();
  };
  const add = (
    <Button onClick={() => setEditing({ ...NEW_RULE, workspace: workspace ?? "" })}>
      <Plus size={14} />
      Make a rule
    </Button>
  );
  const showsOwner = workspace === null && [...(rules ?? []), ...(passes ?? [])].some((one) => one.workspace);
  const list = rules && (
    <div className={tabs ? styles.whole : styles.tables}>
      <RuleTable rules={rules} showsOwner={showsOwner} isBusy={apply.isPending} onApply={(rule) => apply.mutate(rule)} onEdit={setEditing} onRemove={setDoomed} />
      {!tabs && <div>{add}</div>}
      {passes && passes.length > 0 && <PassTable passes={passes} showsOwner={showsOwner} />}
    </div>
  );
  return (
    <>
      {tabs && (
        <div className={styles.line}>
          {tabs}
          {rules && rules.length > 0 && <span className={styles.push}>{add}</span>}
        </div>
      )}
      {error && !rules ? (
        <FailureState what="The rules could not be loaded" error={error} retry={() => void refetch()} />
      ) : rules && !rules.length ? (
        <EmptyState title="There are no rules" text="A rule keeps the best and the last runs of each group, and sends the rest to the trash when it is old enough. You see what would go before anything does.">
          {add}
        </EmptyState>
      ) : (
        list
      )}
      {editing && <EditRule before={editing} onClose={() => setEditing(null)} />}
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title={`Remove the rule ${doomed?.name ?? ""}?`}
        foot={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button look="danger" onClick={() => doomed && void remove(doomed)}>
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
