import { useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { dayWord } from "../../lib/format";
import styles from "../../records/accounts/accounts.module.css";

/** A link by which a user chooses a password, once. It replaces an earlier one. */
export function InvitationDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { accounts } = useApi();
  const { data, error } = useQuery({ queryKey: ["invitation", name], queryFn: () => accounts.invite(name), staleTime: Infinity, gcTime: 0, retry: false });
  return (
    <Dialog open onClose={onClose} title={`A link for ${name}`} width={520} foot={<Button look="primary" onClick={onClose}>Done</Button>}>
      {error && (
        <p role="alert" className={styles.bad}>
          {error.message}
        </p>
      )}
      {data && (
        <>
          <p>
            Give it to {name} and to nobody else: whoever opens it chooses the password. It works once, until {dayWord(data.expiresMs)}, and is shown this one time.
          </p>
          <Code plain wrap text={data.url} />
        </>
      )}
    </Dialog>
  );
}
