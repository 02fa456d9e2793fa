import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountKeys } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import styles from "../../records/accounts/accounts.module.css";

/** Adds a person, who then gets a link to choose a password, or a program, which gets tokens. */
export function AddUser({ onClose }: { onClose: (made: { name: string; isService: boolean } | null) => void }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [isAdmin, setAdmin] = useState(false);
  const [isService, setService] = useState(false);
  const add = useMutation({
    mutationFn: () => accounts.createUser({ name: name.trim(), isAdmin, isService }),
    onSuccess: async () => {
      onClose({ name: name.trim(), isService });
      await queries.invalidateQueries({ queryKey: accountKeys.users });
    },
  });
  const canAdd = name.trim() !== "" && !add.isPending;
  return (
    <Dialog
      open
      onClose={() => onClose(null)}
      title="Add a user"
      onSubmit={() => canAdd && add.mutate()}
      foot={
        <>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canAdd}>
            {isService ? "Add the service" : "Add and make a link"}
          </Button>
        </>
      }
    >
      <Labelled label="Name" error={add.error?.message}>
        <TextInput autoFocus maxLength={128} value={name} onChange={(event) => setName(event.target.value)} />
      </Labelled>
      <label className={styles.check}>
        <input type="checkbox" checked={isAdmin} onChange={(event) => setAdmin(event.target.checked)} />
        Administrator: may do everything
      </label>
      <label className={styles.check}>
        <input type="checkbox" checked={isService} onChange={(event) => setService(event.target.checked)} />A program: no password, it signs in by tokens
      </label>
    </Dialog>
  );
}
