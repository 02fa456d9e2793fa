import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Account } from "../api/accounts/model";
import { useApi } from "../api/context";
import { HOME } from "../api/here";
import { Dialog } from "../components/Dialog";
import { SignInForm } from "../pages/sign-in/SignInForm";

/** Where the provider leads back to: a page that says so, in a tab of its own. */
const BACK = `${HOME}account`;

/**
 * When a session ends while a page is open, what was on it stays: the calls that the server refused wait until the same user has signed in
 * again, here or in another tab, and then go on.
 */
export function SignInAgain({ account }: { account: Account }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const [isOut, setOut] = useState(false);
  const waiting = useRef<(() => void)[]>([]);

  useEffect(
    () =>
      accounts.onSignedOut(
        () =>
          new Promise((resolve) => {
            waiting.current.push(resolve);
            setOut(true);
          }),
      ),
    [accounts],
  );
  const goOn = useCallback(
    async (name: string) => {
      if (name !== account.name) {
        // What somebody else was shown is not for their eyes.
        window.location.reload();
        return;
      }
      setOut(false);
      for (const resolve of waiting.current.splice(0)) resolve();
      await queries.invalidateQueries();
    },
    [account.name, queries],
  );
  useEffect(() => {
    if (!isOut) return undefined;
    const look = () => {
      accounts.me().then(
        (found) => found && goOn(found.name),
        () => undefined, // still out
      );
    };
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [accounts, goOn, isOut]);

  return (
    <Dialog open={isOut} onClose={() => undefined} title="You are signed out" width={380}>
      <p>The session has ended. What is on this page stays, and goes on when you have signed in again.</p>
      <SignInForm name={account.name} next={BACK} opensTab onDone={(name) => void goOn(name)} />
    </Dialog>
  );
}
