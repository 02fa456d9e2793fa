import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import type { Grant, Role } from "../../api/accounts/model";
import { accountKeys, useRoles } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { IconButton } from "../../components/Button";
import { useNotes } from "../../components/Toasts";
import { placeWord, subjectWord } from "./places";
import { roleMeaning, roleWord } from "./words";
import { useFirst } from "./useFirst";
import styles from "./accounts.module.css";

/** Grants, which can be changed where they lie. */
export function GrantTable({ grants, isInherited, empty }: { grants: Grant[]; isInherited?: boolean; empty: string }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const roles = useRoles().data ?? [];
  const meaningOf = (name: Role) => {
    const role = roles.find((one) => one.name === name);
    return role && roleMeaning(role);
  };
  const { first, more } = useFirst(grants);
  if (!grants.length) return <p className={styles.quiet}>{empty}</p>;
  const change = async (what: string, make: () => Promise<void>, undo: () => Promise<void>) => {
    const refresh = () => queries.invalidateQueries({ queryKey: accountKeys.anyAccess });
    try {
      await make();
      notes.done(what, () => void undo().then(refresh, (problem) => notes.failed("It could not be undone", problem)));
    } catch (problem) {
      notes.failed("That could not be done", problem);
    }
    await refresh();
  };
  const setRole = (grant: Grant, role: Role) =>
    void change(`${subjectWord(grant.subject)}: ${roleWord(role)}`, () => accounts.setGrant({ ...grant, role }), () => accounts.setGrant(grant));
  const remove = (grant: Grant) =>
    void change(`Taken back from ${subjectWord(grant.subject)}`, () => accounts.removeGrant(grant.subject, grant.place), () => accounts.setGrant(grant));
  return (
    <>
      <table className={`${styles.table} ${isInherited ? styles.told : ""}`}>
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Role</th>
            <th scope="col">{isInherited ? "From" : <span className="sr-only">Actions</span>}</th>
          </tr>
        </thead>
        <tbody>
          {first.map((grant) => (
            <tr key={`${grant.subject} ${grant.place}`}>
              <td>{subjectWord(grant.subject)}</td>
              <td>
                {isInherited ? (
                  <span title={meaningOf(grant.role)}>{roleWord(grant.role)}</span>
                ) : (
                  <select className={styles.select} aria-label={`Role of ${subjectWord(grant.subject)}`} value={grant.role} onChange={(event) => setRole(grant, event.target.value)}>
                    {roles.map((role) => (
                      <option key={role.name} value={role.name}>
                        {roleWord(role.name)}: {roleMeaning(role)}
                      </option>
                    ))}
                    {!roles.some(({ name }) => name === grant.role) && <option value={grant.role}>{roleWord(grant.role)}</option>}
                  </select>
                )}
              </td>
              <td>
                {isInherited ? (
                  placeWord(grant.place)
                ) : (
                  <IconButton small label={`Take back from ${subjectWord(grant.subject)}`} onClick={() => remove(grant)}>
                    <Trash2 size={13} />
                  </IconButton>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}
