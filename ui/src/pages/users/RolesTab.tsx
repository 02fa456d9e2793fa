import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { ABILITIES, type Ability } from "../../api/accounts/abilities";
import type { KnownRole } from "../../api/accounts/model";
import { accountKeys, useRoles } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, SearchInput, TextInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { useShortcuts } from "../../components/Shortcuts";
import { useNotes } from "../../components/Toasts";
import { useQueryText } from "../../components/useQuery";
import { plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import look from "../../records/accounts/accounts.module.css";
import { ABILITY_MEANINGS, listed, roleWord } from "../../records/accounts/words";
import styles from "./UsersPage.module.css";

/** What roles can do: the built-in ones, and those that administrators make of abilities. */
export function RolesTab() {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: roles, error, refetch } = useRoles();
  const [text, setText] = useQueryText("q");
  const [editing, setEditing] = useState<KnownRole | "new" | null>(null);
  const [doomed, setDoomed] = useState<KnownRole | null>(null);
  useShortcuts([{ keys: "n", label: "Make a role", run: () => setEditing("new") }]);
  const remove = async (name: string) => {
    setDoomed(null);
    try {
      await accounts.deleteRole(name);
      notes.done(`Role ${name} is removed`);
    } catch (problem) {
      notes.failed("The role could not be removed", problem);
    }
    await queries.invalidateQueries({ queryKey: accountKeys.roles });
  };
  const columns: GridColumn<KnownRole>[] = [
    { id: "name", title: "Role", width: 180, isPinned: true, cell: ({ name, description }) => <span title={description}>{roleWord(name)}</span> },
    { id: "can", title: "Can", width: 480, cell: ({ abilities }) => <span title={meanings(abilities)}>{abilities.length === ABILITIES.length ? "everything" : listed(abilities) || <span className={look.quiet}>nothing</span>}</span> },
    { id: "grants", title: "Grants", width: 80, cell: ({ nGrants }) => nGrants },
    { id: "tokens", title: "Tokens", width: 80, cell: ({ nTokens }) => nTokens },
    {
      id: "do",
      title: "Do",
      width: 80,
      cell: (role) =>
        role.isBuiltIn ? (
          <span className={look.quiet}>built in</span>
        ) : (
          <>
            <IconButton small label={`Change ${role.name}`} onClick={() => setEditing(role)}>
              <Pencil size={13} />
            </IconButton>
            <IconButton small label={`Remove ${role.name}`} onClick={() => setDoomed(role)}>
              <Trash2 size={13} />
            </IconButton>
          </>
        ),
    },
  ];
  const shown = useMemo(() => (roles ?? []).filter(({ name, abilities }) => [name, ...abilities].some((word) => word.toLowerCase().includes(text.trim().toLowerCase()))), [roles, text]);
  if (error && !roles) return <FailureState what="The roles could not be loaded" error={error} retry={() => void refetch()} />;
  const nUses = doomed ? doomed.nGrants + doomed.nTokens : 0;
  return (
    <>
      <ListLine count={roles && plural(shown.length, "role")}>
        <Button onClick={() => setEditing("new")}>
          <Plus size={14} />
          Make a role
        </Button>
        <SearchInput className={look.find} placeholder="Find a role or ability" aria-label="Find a role or ability" value={text} onChange={(event) => setText(event.target.value)} />
      </ListLine>
      <Grid label="Roles" rows={shown} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
      {editing && <EditRole before={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      <Dialog
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title={`Remove the role ${doomed?.name ?? ""}?`}
        foot={
          <>
            <Button onClick={() => setDoomed(null)}>Keep it</Button>
            <Button look="danger" disabled={nUses > 0} onClick={() => doomed && void remove(doomed.name)}>
              Remove the role
            </Button>
          </>
        }
      >
        {doomed && nUses > 0 ? (
          <p>
            {plural(doomed.nGrants, "grant")} and {plural(doomed.nTokens, "token")} name it. Give those who have it another role first, and revoke the tokens.
          </p>
        ) : (
          <p>Nobody has it.</p>
        )}
      </Dialog>
    </>
  );
}

function EditRole({ before, onClose }: { before: KnownRole | null; onClose: () => void }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState(before?.name ?? "");
  const [description, setDescription] = useState(before?.description ?? "");
  const [chosen, setChosen] = useState<ReadonlySet<Ability>>(new Set(before?.abilities ?? ["read"]));
  // As the server has them; a role that could do something without seeing it would be of no use.
  const abilities = ABILITIES.filter((one) => one === "read" || chosen.has(one));
  const save = useMutation({
    mutationFn: () => {
      const given = { description: description.trim(), abilities };
      return before ? accounts.updateRole(before.name, { newName: name.trim(), ...given }) : accounts.createRole({ name: name.trim(), ...given });
    },
    onSuccess: async () => {
      onClose();
      await Promise.all([accountKeys.roles, accountKeys.anyAccess, accountKeys.anyRole].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
  const toggle = (ability: Ability) => {
    const next = new Set(chosen);
    if (!next.delete(ability)) next.add(ability);
    setChosen(next);
  };
  const canSave = name.trim() !== "" && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title={before ? `Change the role ${before.name}` : "Make a role"}
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            {before ? "Save the role" : "Make the role"}
          </Button>
        </>
      }
    >
      <Labelled label="Name">
        <TextInput autoFocus maxLength={128} value={name} placeholder="labeller" onChange={(event) => setName(event.target.value)} />
      </Labelled>
      <Labelled label="What it is for">
        <TextInput maxLength={250} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Labelled>
      <div className={styles.members} role="group" aria-label="What who has it may do">
        {ABILITIES.map((ability) => (
          <label key={ability} className={look.check}>
            <input type="checkbox" disabled={ability === "read"} checked={abilities.includes(ability)} onChange={() => toggle(ability)} />
            <span>
              <b>{ability}</b>: {ABILITY_MEANINGS[ability]}
            </span>
          </label>
        ))}
      </div>
      {before && before.nGrants + before.nTokens > 0 && (
        <p className={look.quiet}>
          {plural(before.nGrants, "grant")} and {plural(before.nTokens, "token")} name it: what is changed holds for them at once.
        </p>
      )}
      {save.error && (
        <p role="alert" className={look.bad}>
          {save.error.message}
        </p>
      )}
    </Dialog>
  );
}

function meanings(abilities: readonly Ability[]): string {
  return abilities.map((ability) => `${ability}: ${ABILITY_MEANINGS[ability]}`).join("\n");
}
