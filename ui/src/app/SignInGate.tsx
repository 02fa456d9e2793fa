import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { AccountContext, accountKeys } from "../api/accounts/queries";
import { ApiError } from "../api/client";
import { useApi } from "../api/context";
import { HOME } from "../api/here";
import { shouldRetry } from "../api/queries";
import { safeNext } from "../lib/addresses";
import { ChoosePassword } from "../pages/sign-in/ChoosePassword";
import { LetInPage } from "../pages/sign-in/LetInPage";
import { SignInPage } from "../pages/sign-in/SignInPage";
import { useFreshRights } from "../records/accounts/useRights";
import { SignInAgain } from "./SignInAgain";
import { WorkspaceGate } from "./WorkspaceGate";


/** Lets through to the pages who is signed in, and on a server without users everybody. */
export function SignInGate({ children }: { children: ReactNode }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const [page, setPage] = useState(() => window.location.pathname.slice(HOME.length));
  const { data: account, error, refetch } = useQuery({
    queryKey: accountKeys.me,
    queryFn: () => accounts.me(),
    staleTime: Infinity,
    retry: shouldRetry,
  });
  useFreshRights();
  const leadOn = useCallback(async () => {
    const isEntrance = ["sign-in", "setup", "invitation"].includes(page);
    const next = safeNext(new URLSearchParams(window.location.search).get("next"), document.baseURI);
    if (isEntrance && next) {
      // What was asked for may be a file of the server rather than a page.
      window.location.replace(next);
      return;
    }
    if (isEntrance) window.history.replaceState(null, "", HOME);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== accountKeys.me[0] });
    await refetch();
    setPage(isEntrance ? "" : page);
  }, [page, queries, refetch]);
  const isIn = account !== undefined && page === "sign-in";
  useEffect(() => {
    if (isIn) void leadOn();
  }, [isIn, leadOn]);

  if (page === "setup" || page === "invitation") return <ChoosePassword isFirst={page === "setup"} onDone={() => void leadOn()} />;
  if (error instanceof ApiError && error.isSignedOut) {
    const query = new URLSearchParams(window.location.search);
    const here = window.location.pathname + window.location.search;
    const next = page === "sign-in" ? safeNext(query.get("next"), document.baseURI) || HOME : here;
    return <SignInPage next={next} reason={page === "sign-in" ? query.get("reason") : null} onDone={() => void leadOn()} />;
  }
  if ((account === undefined && !error) || isIn) return null;
  if (account && page === "let-in") return <LetInPage name={account.name} code={new URLSearchParams(window.location.search).get("code") ?? ""} />;
  return (
    <AccountContext value={account ?? null}>
      <WorkspaceGate account={account ?? null} page={page}>
        {children}
      </WorkspaceGate>
      {account && <SignInAgain account={account} />}
    </AccountContext>
  );
}
