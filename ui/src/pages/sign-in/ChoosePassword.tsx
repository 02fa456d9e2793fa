import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Labelled, TextInput } from "../../components/Field";
import { Entrance } from "./Entrance";
import { NewPassword, passwordProblem } from "../../records/NewPassword";
import styles from "./Entrance.module.css";

/** What stands behind the # of such a link, which browsers send nowhere. */
function read(hash: string): { code: string; name: string } {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return { code: fields.get("code") ?? "", name: fields.get("name") ?? "" };
}

/** By a link that works once: makes the first administrator, or gives an account its password. */
export function ChoosePassword({ isFirst, onDone }: { isFirst: boolean; onDone: () => void }) {
  const { accounts } = useApi();
  const [{ code, name: invited }] = useState(() => read(window.location.hash));
  const [name, setName] = useState(invited);
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const save = useMutation({
    mutationFn: async () => {
      if (isFirst) await accounts.setUp(code, name.trim(), password);
      else await accounts.acceptInvitation(code, password);
      await accounts.signIn(name.trim(), password);
    },
    onSuccess: onDone,
  });
  const canSave = name.trim() !== "" && !passwordProblem(password, again) && !save.isPending;
  const title = isFirst ? "Set up Runfold" : "Choose your password";
  if (!code || (!isFirst && !invited)) {
    return (
      <Entrance title={title}>
        <p className={styles.text}>
          {isFirst
            ? "This page needs the link that the server printed when it was started. While there is no administrator, a restart prints a new one."
            : "This page needs the whole link that an administrator gave you."}
        </p>
      </Entrance>
    );
  }
  return (
    <Entrance title={title}>
      <p className={styles.text}>
        {isFirst ? "You make the first administrator, who can do everything and invites others. The link works once." : `Welcome, ${invited}. The link works once.`}
      </p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) save.mutate();
        }}
      >
        <Labelled label="Name">
          <TextInput autoFocus={isFirst} readOnly={!isFirst} name="username" autoComplete="username" autoCapitalize="none" value={name} onChange={(event) => setName(event.target.value)} />
        </Labelled>
        <NewPassword password={password} again={again} onPassword={setPassword} onAgain={setAgain} />
        {save.error && (
          <p role="alert" className={styles.bad}>
            {save.error.message}
          </p>
        )}
        <Button look="primary" type="submit" disabled={!canSave}>
          {isFirst ? "Make the administrator" : "Keep the password"}
        </Button>
      </form>
    </Entrance>
  );
}
