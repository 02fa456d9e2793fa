import { type ReactNode, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";

/** Asks for the password once more, before what a browser that somebody finds signed in must not do. */
export function PasswordDialog({ name, title, verb, isDanger, error, isBusy, onPassword, onClose, children }: {
  name: string;
  title: string;
  verb: string;
  isDanger?: boolean;
  error: string | undefined;
  isBusy: boolean;
  onPassword: (password: string) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const [password, setPassword] = useState("");
  const canGoOn = password !== "" && !isBusy;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      onSubmit={() => canGoOn && onPassword(password)}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={isDanger ? "danger" : "primary"} type="submit" disabled={!canGoOn}>
            {verb}
          </Button>
        </>
      }
    >
      {children}
      <input hidden readOnly name="username" autoComplete="username" value={name} />
      <Labelled label="Your password" error={error}>
        <TextInput autoFocus name="password" type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </Labelled>
    </Dialog>
  );
}
