import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import type { Session } from "../../api/accounts/model";
import { accountKeys, useSessions, useWays } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { useOwnUsage } from "../../api/keeping/queries";
import { Button, IconButton } from "../../components/Button";
import { Labelled, TextInput } from "../../components/Field";
import { Section, Sections } from "../../components/Sections";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { browserWord } from "../../lib/agents";
import { FailureState } from "../../records/FailureState";
import { NewPassword, passwordProblem } from "../../records/NewPassword";
import table from "../../records/accounts/accounts.module.css";
import { UsageTable } from "../../records/quotas/UsageTable";
import styles from "./AccountPage.module.css";
import { SignInWays } from "./SignInWays";

export function ProfileTab({ name }: { name: string }) {
  return (
    <Sections>
      <OwnUsage />
      <SignInWays name={name} />
      <Browsers />
      <ChangePassword name={name} />
    </Sections>
  );
}

function OwnUsage() {
  const { data } = useOwnUsage();
  if (!data) return null;
  return (
    <Section title="What you keep">
      <UsageTable usage={data} label="What you keep" />
      <p className={table.soft}>What lies in the trash counts until it is purged. It counts for the workspace that it lies in, too, whose quota all share who work there.</p>
    </Section>
  );
}

function Browsers() {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const { data: sessions, error, refetch } = useSessions();
  const end = async (session: Session) => {
    try {
      await accounts.endSession(session.id);
      notes.done(`${browserWord(session.agent)} is signed out`);
    } catch (problem) {
      notes.failed("That browser could not be signed out", problem);
    }
    await queries.invalidateQueries({ queryKey: accountKeys.sessions });
  };
  const endAll = async () => {
    try {
      await accounts.signOutEverywhere();
      window.location.assign(new URL("sign-in", document.baseURI));
    } catch (problem) {
      notes.failed("You could not be signed out everywhere", problem);
    }
  };
  if (error && !sessions) return <FailureState what="Your browsers could not be loaded" error={error} retry={() => void refetch()} />;
  return (
    <Section title="Where you are signed in">
      <table className={table.table} aria-label="Where you are signed in">
        <thead>
          <tr>
            <th scope="col">Browser</th>
            <th scope="col">Address</th>
            <th scope="col">Signed in</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(sessions ?? []).map((session) => (
            <tr key={session.id}>
              <td title={session.agent}>{browserWord(session.agent)}</td>
              <td>
                <code>{session.address}</code>
              </td>
              <td>
                <Ago ms={session.createdMs} />
              </td>
              <td>{session.isThis ? <span className={styles.here}>This browser</span> : <Ago ms={session.lastUseMs} />}</td>
              <td>
                {!session.isThis && (
                  <IconButton small label={`Sign out ${browserWord(session.agent)}`} onClick={() => void end(session)}>
                    <LogOut size={13} />
                  </IconButton>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <Button onClick={() => void endAll()}>Sign out everywhere</Button>
      </div>
    </Section>
  );
}

/** Not for who has none: they cannot say the one so far. */
function ChangePassword({ name }: { name: string }) {
  return useWays("").data?.hasPassword ? <ChangeKnownPassword name={name} /> : null;
}

function ChangeKnownPassword({ name }: { name: string }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const [before, setBefore] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const save = useMutation({
    mutationFn: () => accounts.changePassword(before, password),
    onSuccess: async () => {
      for (const clear of [setBefore, setPassword, setAgain]) clear("");
      notes.done("Your password is changed");
      await queries.invalidateQueries({ queryKey: accountKeys.sessions });
    },
  });
  const canSave = before !== "" && !passwordProblem(password, again) && !save.isPending;
  return (
    <Section title="Change your password">
      <p className={table.soft}>Your other browsers are signed out, and all your tokens end.</p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) save.mutate();
        }}
      >
        <input hidden readOnly name="username" autoComplete="username" value={name} />
        <Labelled label="Password so far" error={save.error?.message}>
          <TextInput name="password" type="password" autoComplete="current-password" value={before} onChange={(event) => setBefore(event.target.value)} />
        </Labelled>
        <NewPassword password={password} again={again} onPassword={setPassword} onAgain={setAgain} />
        <Button type="submit" disabled={!canSave}>
          Change the password
        </Button>
      </form>
    </Section>
  );
}
