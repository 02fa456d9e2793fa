import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
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
import { useQueryText } from "../../components/useQuery";
import { count, plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import look from "../../records/accounts/accounts.module.css";
import styles from "./UsersPage.module.css";

const MOST_SHOWN = 200;

/** Groups, to which roles are granted in one go. */
export function GroupsTab() {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: groups, error, refetch } = useGroupList();
  const [text, setText] = useQueryText("q");
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
    { id: "count", title: "Members", width: 80, cell: ({ members }) => members.length },
    { id: "members", title: "Who", width: 440, cell: ({ members }) => <span title={members.join(", ")}>{members.join(", ") || <span className={look.quiet}>nobody</span>}</span> },
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
  const shown = useMemo(() => (groups ?? []).filter(({ name, members }) => [name, ...members].some((word) => word.toLowerCase().includes(text.trim().toLowerCase()))), [groups, text]);
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
          <ListLine count={groups && plural(shown.length, "group")}>
            {add}
            <SearchInput className={look.find} placeholder="Find a group or member" aria-label="Find a group or member" value={text} onChange={(event) => setText(event.target.value)} />
          </ListLine>
          <Grid label="Groups" rows={shown} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
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
      <MemberList users={users.map(({ name: user }) => user)} members={members} first={before?.members ?? []} onToggle={toggle} />
      {save.error && (
        <p role="alert" className={look.bad}>
          {save.error.message}
        </p>
      )}
    </Dialog>
  );
}

/** Those who are in it first. With very many users, the rest is found by typing: nobody reads thousands of names. */
function MemberList({ users, members, first, onToggle }: { users: string[]; members: Set<string>; first: string[]; onToggle: (user: string) => void }) {
  const [text, setText] = useState("");
  const ordered = useMemo(() => [...first, ...users.filter((user) => !first.includes(user))], [users, first]);
  const found = ordered.filter((user) => user.toLowerCase().includes(text.trim().toLowerCase()));
  const shown = found.slice(0, MOST_SHOWN);
  return (
    <>
      {users.length > 10 && <SearchInput aria-label="Find a user" placeholder="Find a user" value={text} onChange={(event) => setText(event.target.value)} />}
      <div className={styles.members} role="group" aria-label="Members">
        {shown.map((user) => (
          <label key={user} className={look.check}>
            <input type="checkbox" checked={members.has(user)} onChange={() => onToggle(user)} />
            {user}
          </label>
        ))}
      </div>
      <p className={look.quiet}>
        {plural(members.size, "member")}
        {found.length > shown.length && `; ${count(found.length - shown.length)} more users are found by typing`}
      </p>
    </>
  );
}
