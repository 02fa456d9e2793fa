import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import type { Token } from "../../api/accounts/model";
import { accountKeys, useTokens } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { IconButton } from "../../components/Button";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import { useNotes } from "../../components/Toasts";
import { FailureState } from "../FailureState";
import { scopeWord } from "./words";
import { dayWord } from "../../lib/format";
import styles from "./accounts.module.css";

/** The tokens of a user, newest first. */
export function TokenTable({ user }: { user: string }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const now = useNow();
  const { data: tokens, error, refetch } = useTokens(user);
  const revoke = async (token: Token) => {
    try {
      await accounts.revokeToken(token.id);
      notes.done(`Token “${token.name || token.beginning}” is revoked`);
    } catch (problem) {
      notes.failed("The token could not be revoked", problem);
    }
    await queries.invalidateQueries({ queryKey: accountKeys.tokens(user) });
  };
  if (error && !tokens) return <FailureState what="The tokens could not be loaded" error={error} retry={() => void refetch()} />;
  if (!tokens) return null;
  if (!tokens.length) return <p className={styles.quiet}>There is no token yet.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Begins with</th>
          <th scope="col">Scope</th>
          <th scope="col">Made</th>
          <th scope="col">Last used</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <td>{token.name || <span className={styles.quiet}>without a name</span>}</td>
            <td>
              <code>{token.beginning}…</code>
            </td>
            <td>
              {scopeWord(token.scope)}
              {token.places.length > 0 && <div className={styles.quiet}>only {token.places.join(", ")}</div>}
            </td>
            <td>
              <Ago ms={token.createdMs} />
            </td>
            <td>{token.lastUseMs ? <Ago ms={token.lastUseMs} /> : <span className={styles.quiet}>never</span>}</td>
            <td>{token.expiresMs === null ? "never" : token.expiresMs <= now ? <span className={styles.over}>has ended</span> : dayWord(token.expiresMs)}</td>
            <td>
              <IconButton small label={`Revoke ${token.name || token.beginning}`} onClick={() => void revoke(token)}>
                <Trash2 size={13} />
              </IconButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
