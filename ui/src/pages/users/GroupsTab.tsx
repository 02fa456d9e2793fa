import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Group } from "../../api/accounts/model";
import { accountKeys, useGroupList, useUsers } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, SearchInput, TextInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { useNotes } from "../../components/Toasts";
import { plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import look from "../../records/accounts/accounts.module.css";
import styles from "./UsersPage.module.css";

/** Groups, to which roles are granted in one go. */
export function GroupsTab() {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: groups, error, refetch } = useGroupList();
  const [editing, setEditing] = useState<Group | "new" | null>(null);
  const [doomed, setDoomed] = useState<Group | null>(null);
  useShortcuts([{ keys: "n", label: "Make a group", run: () => setEditing("new") }]);
  const remove = async (name: string) => {
    setDoomed(null);
    try {
      await accounts.deleteGroup(name);
      notes.done(`Group ${name} is removed`);
    } catch (problem) {
      notes.failed("The group could not be removed", problem);
    }
    await queries.invalidateQueries({ queryKey: accountKeys.groups });
  };
  const columns: GridColumn<Group>[] = [
    { id: "name", title: "Group", width: 220, isPinned: true, cell: ({ name }) => name },
    { id: "members", title: "Members", width: 520, cell: ({ members }) => members.join(", ") || <span className={look.quiet}>nobody</span> },
    {
      id: "do",
      title: "Do",
      width: 80,
      cell: (group) => (
        <>
          <IconButton small label={`Change ${group.name}`} onClick={() => setEditing(group)}>
            <Pencil size={13} />
          </IconButton>
          <IconButton small label={`Remove ${group.name}`} onClick={() => setDoomed(group)}>
            <Trash2 size={13} />
          </IconButton>
        </>
      ),
    },
  ];
  if (error && !groups) return <FailureState what="The groups could not be loaded" error={error} retry={() => void refetch()} />;
  const add = (
    <Button onClick={() => setEditing("new")}>
      <Plus size={14} />
      Make a group
    </Button>
  );
  return (
    <>
      {groups && !groups.length ? (
        <EmptyState title="There are no groups" text="What is granted to a group, all its members may do: one grant on a folder says what a team may do in it." code="runfold groups set vision ann ben">
          {add}
        </EmptyState>
      ) : (
        <>
          <ListLine count={groups && plural(groups.length, "group")}>{add}</ListLine>
          <Grid label="Groups" rows={groups ?? []} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
        </>
      )}
      {editing && <EditGroup before={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title={`Remove the group ${doomed?.name ?? ""}?`}
        foot={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button look="danger" onClick={() => doomed && void remove(doomed.name)}>
              Remove the group
            </Button>
          </>
        }
      >
        <p>What was granted to it goes, too, and its members lose it. It cannot be brought back.</p>
      </Dialog>
    </>
  );
}

function EditGroup({ before, onClose }: { before: Group | null; onClose: () => void }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const users = useUsers().data ?? [];
  const [name, setName] = useState(before?.name ?? "");
  const [members, setMembers] = useState(new Set(before?.members));
  const [text, setText] = useState("");
  const save = useMutation({
    mutationFn: () => accounts.setGroup({ name: name.trim(), members: [...members] }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: accountKeys.groups });
    },
  });
  const toggle = (member: string) => {
    const next = new Set(members);
    if (!next.delete(member)) next.add(member);
    setMembers(next);
  };
  const canSave = name.trim() !== "" && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title={before ? `Members of ${before.name}` : "Make a group"}
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            {before ? "Save the members" : "Make the group"}
          </Button>
        </>
      }
    >
      {!before && (
        <Labelled label="Name">
          <TextInput autoFocus maxLength={128} value={name} onChange={(event) => setName(event.target.value)} />
        </Labelled>
      )}
      {users.length > 10 && <SearchInput aria-label="Find a user" placeholder="Find a user" value={text} onChange={(event) => setText(event.target.value)} />}
      <div className={styles.members} role="group" aria-label="Members">
        {users
          .filter((user) => user.name.toLowerCase().includes(text.toLowerCase()))
          .map((user) => (
            <label key={user.name} className={look.check}>
              <input type="checkbox" checked={members.has(user.name)} onChange={() => toggle(user.name)} />
              {user.name}
            </label>
          ))}
      </div>
      {save.error && (
        <p role="alert" className={look.bad}>
          {save.error.message}
        </p>
      )}
    </Dialog>
  );
}
