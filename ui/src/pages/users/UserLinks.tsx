import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Identity } from "../../api/accounts/model";
import { accountKeys, useWays } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { useNotes } from "../../components/Toasts";
import { FailureState } from "../../records/FailureState";
import { IdentityTable } from "../../records/accounts/IdentityTable";
import { shownAs } from "../../records/accounts/identities";
import styles from "../../records/accounts/accounts.module.css";

/** Whom of a provider somebody signs in as, for administrators, who take that back. */
export function UserLinks({ user, onClose }: { user: string; onClose: () => void }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: ways, error, refetch } = useWays(user);
  const unlink = useMutation({
    mutationFn: (identity: Identity) => accounts.unlink(identity),
    onSuccess: (_, identity) => notes.done(`${shownAs(identity)} does not sign in as ${user} any more`),
    onSettled: () => queries.invalidateQueries({ queryKey: accountKeys.anyWays }),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`How ${user} signs in`}
      width={720}
      foot={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      {error && !ways && <FailureState what="That could not be loaded" error={error} retry={() => void refetch()} />}
      {ways && (
        <>
          <p>{ways.hasPassword ? `${user} has a password.` : `${user} has no password.`}</p>
          {ways.identities.length > 0 ? (
            <>
              <IdentityTable label={`How ${user} signs in`} identities={ways.identities} onUnlink={unlink.mutate} />
              <p className={styles.quiet}>Unlinking signs out of what was begun by that provider.</p>
            </>
          ) : (
            <>
              <p className={styles.quiet}>
                The account is linked to no provider. Its owner links it on the page of the account; or you do, when you are sure that it is the same person:
              </p>
              <Code text={`runfold users link ${user} SUBJECT --issuer URL`} />
            </>
          )}
        </>
      )}
      {unlink.error && (
        <p role="alert" className={styles.bad}>
          {unlink.error.message}
        </p>
      )}
    </Dialog>
  );
}
