import { useState } from "react";
import { Labelled, TextInput } from "../components/Field";

export const MIN_PASSWORD = 12;

/** What a new password still lacks; empty: nothing. */
export function passwordProblem(password: string, again: string): string {
  if (password.length < MIN_PASSWORD) return `At least ${MIN_PASSWORD} characters; several words are easier to keep in mind than signs.`;
  return password === again ? "" : "The two are not the same.";
}

/** A new password, twice. Says what is wrong once both were typed into. */
export function NewPassword({ password, again, onPassword, onAgain }: { password: string; again: string; onPassword: (text: string) => void; onAgain: (text: string) => void }) {
  const [wasTyped, setTyped] = useState(false);
  const problem = wasTyped && passwordProblem(password, again);
  return (
    <>
      <Labelled label={`New password, of at least ${MIN_PASSWORD} characters`}>
        <TextInput name="new-password" type="password" autoComplete="new-password" value={password} onChange={(event) => onPassword(event.target.value)} />
      </Labelled>
      <Labelled label="The same again" error={problem || undefined}>
        <TextInput name="again" type="password" autoComplete="new-password" value={again} onBlur={() => setTyped(again !== "")} onChange={(event) => onAgain(event.target.value)} />
      </Labelled>
    </>
  );
}
