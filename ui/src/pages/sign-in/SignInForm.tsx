import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useEntrance } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Labelled, TextInput } from "../../components/Field";
import { LinkButton } from "../../components/LinkButton";
import styles from "./Entrance.module.css";

/** The beginnings and the length of what the server makes. */
const TOKEN = /^rf[tj]_[\w-]{40,}$/;

/** Name and password, or the provider that the server trusts. */
export function SignInForm({ name: known = "", next, opensTab, onDone }: {
  /** Who was here before; empty: nobody that we know. */
  name?: string;
  /** Where the provider leads back to. */
  next: string;
  /** The provider's pages open in a tab of their own, so that this page stays. */
  opensTab?: boolean;
  onDone: (name: string) => void;
}) {
  const { accounts } = useApi();
  const provider = useEntrance().data?.provider;
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => accounts.signIn(name.trim(), password),
    onSuccess: () => onDone(name.trim()),
    onError: () => setPassword(""),
  });
  const canSignIn = name.trim() !== "" && password !== "" && !signIn.isPending;
  return (
    <>
      {provider && (
        <>
          <div className={styles.provider}>
            <LinkButton look="primary" render={<a href={accounts.providerUrl(next)} {...(opensTab ? { target: "_blank", rel: "opener" } : {})} />}>
              Continue with {provider}
            </LinkButton>
          </div>
          <span className={styles.or}>or by password</span>
        </>
      )}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (canSignIn) signIn.mutate();
        }}
      >
        <Labelled label="Name">
          <TextInput autoFocus={!known} name="username" autoComplete="username" autoCapitalize="none" value={name} onChange={(event) => setName(event.target.value)} />
        </Labelled>
        <Labelled label="Password">
          <TextInput
            autoFocus={known !== ""}
            name="password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Labelled>
        {TOKEN.test(password) && (
          <p role="status" className={styles.note}>
            This looks like a token. Programs sign in with tokens; a browser needs the password of an account. Service accounts have none, and do not sign in here.
          </p>
        )}
        {signIn.error && (
          <p role="alert" className={styles.bad}>
            {signIn.error.message}
          </p>
        )}
        <Button look={provider ? "plain" : "primary"} type="submit" disabled={!canSignIn}>
          {signIn.isPending ? "Signing in…" : "Sign in"}
        </Button>
      </form>
    </>
  );
}
