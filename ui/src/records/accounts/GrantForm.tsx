import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Grant, Role, Standing } from "../../api/accounts/model";
import { accountKeys, useGroupList, useRoles, useUsers } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Labelled, TextInput } from "../../components/Field";
import { useSettled } from "../../components/useSettled";
import { plural } from "../../lib/format";
import { roleInText, roleMeaning, roleWord } from "./words";
import styles from "./AccessDialog.module.css";
import table from "./accounts.module.css";

const KINDS = { user: "User", group: "Group", everyone: "Everyone" } as const;
type Kind = keyof typeof KINDS;

/** Grants a role on a place, and says before what that would change; on what there is not yet, it changes nothing. */
export function GrantForm({ place, isAdmin, isForNew }: { place: string; isAdmin: boolean; isForNew?: boolean }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>("user");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("reader");
  const roles = useRoles().data ?? [];
  const subject = kind === "everyone" ? kind : `${kind}:${name.trim()}`;
  const isWhole = kind === "everyone" || name.trim() !== "";
  const grant = useMutation({
    mutationFn: () => accounts.setGrant({ subject, place, role }),
    onSuccess: async () => {
      setName("");
      await queries.invalidateQueries({ queryKey: accountKeys.anyAccess });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !grant.isPending) grant.mutate();
      }}
    >
      <div className={styles.add}>
        <Labelled label="To">
          <select className={table.select} value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
            {Object.entries(KINDS).map(([key, word]) => (
              <option key={key} value={key}>
                {word}
              </option>
            ))}
          </select>
        </Labelled>
        {kind === "everyone" ? <span /> : <NameField kind={kind} isAdmin={isAdmin} name={name} onName={setName} />}
        <Labelled label="Role">
          <select className={table.select} value={role} onChange={(event) => setRole(event.target.value)}>
            {roles.map((one) => (
              <option key={one.name} value={one.name} title={one.description || roleMeaning(one)}>
                {roleWord(one.name)}
              </option>
            ))}
          </select>
        </Labelled>
        <Button type="submit" disabled={!isWhole || grant.isPending}>
          Grant the role
        </Button>
      </div>
      {grant.error ? (
        <p role="alert" className={styles.bad}>
          {grant.error.message}
        </p>
      ) : (
        isWhole && !isForNew && <Preview grant={{ subject, place, role }} />
      )}
    </form>
  );
}

/** Administrators choose among the names there are; others know those whom they share with. */
function NameField({ kind, isAdmin, name, onName }: { kind: "user" | "group"; isAdmin: boolean; name: string; onName: (name: string) => void }) {
  const id = useId();
  return (
    <Labelled label="Name">
      <TextInput list={id} maxLength={128} value={name} onChange={(event) => onName(event.target.value)} />
      {isAdmin && <Names id={id} kind={kind} />}
    </Labelled>
  );
}

function Names({ id, kind }: { id: string; kind: "user" | "group" }) {
  const users = useUsers().data ?? [];
  const groups = useGroupList().data ?? [];
  return (
    <datalist id={id}>
      {(kind === "user" ? users : groups).map(({ name }) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

/** The server looks at every user for an answer, so it is asked once a name is typed. */
const TYPED_MS = 250;

function Preview({ grant: { subject, place, role } }: { grant: Grant }) {
  const { accounts } = useApi();
  const name = useSettled(subject, TYPED_MS);
  const asked = { subject: name, place, role };
  const { data } = useQuery({
    queryKey: [...accountKeys.anyAccess, "if", asked.subject, asked.place, asked.role],
    queryFn: () => accounts.explain(asked.place, { granted: asked }),
    placeholderData: keepPreviousData,
  });
  if (!data) return null;
  return (
    <p className={styles.note} role="status">
      {effect(data.standings.filter(({ user, role, before }) => user.isActive && role !== before))}
    </p>
  );
}

const SHOWN = 3;

/** What would change, as a sentence. */
export function effect(changed: Standing[]): string {
  if (!changed.length) return "That would change nothing for anybody.";
  const words = changed.slice(0, SHOWN).map(({ user, before, role }) => `${user.name} from ${roleInText(before)} to ${roleInText(role)}`);
  const rest = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : "";
  return `Would change what ${plural(changed.length, "user")} may do: ${words.join(", ")}${rest}.`;
}
