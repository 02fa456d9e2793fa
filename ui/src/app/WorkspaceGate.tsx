import { type ReactNode, useEffect } from "react";
import type { Account } from "../api/accounts/model";
import { HERE, HOME } from "../api/here";
import { useWorkspaces } from "../api/workspaces/queries";
import { LinkButton } from "../components/LinkButton";
import { ErrorState } from "../components/States";
import { DEFAULT_WORKSPACE, pathIn } from "../lib/workspaces";
import styles from "./Workspaces.module.css";

/** Lets through to the pages of the workspace in the address; where it names none, leads to that of who is signed in. */
export function WorkspaceGate({ account, page, children }: { account: Account | null; page: string; children: ReactNode }) {
  const own = account?.workspace ?? DEFAULT_WORKSPACE;
  const isNeeded = HERE !== "" || own !== DEFAULT_WORKSPACE;
  const { data: workspaces, error } = useWorkspaces(isNeeded);
  const has = (name: string) => workspaces?.some((workspace) => workspace.name === name) ?? false;
  // Calls would be made there anyway; with its name in the address, a link says the same to everybody.
  const isElsewhere = HERE === "" && own !== DEFAULT_WORKSPACE && has(own);
  useEffect(() => {
    if (isElsewhere) window.location.replace(pathIn(HOME, own, page) + window.location.search + window.location.hash);
  }, [isElsewhere, own, page]);
  if (!isNeeded || error) return children;
  if (!workspaces || isElsewhere) return null;
  return HERE === "" || has(HERE) ? children : <MissingWorkspace />;
}

/** The same for one that is not there and for one that who asks may not enter. */
function MissingWorkspace() {
  useEffect(() => {
    document.title = "Not found · Runfold";
  }, []);
  return (
    <main className={styles.missing}>
      <h1 className="sr-only">Not found</h1>
      <ErrorState title="There is no such page" text={`Nothing lives at ${window.location.pathname}. The link may be old, or cut short, or lead to where you may not go.`}>
        <LinkButton render={<a href={HOME} />}>Go to the experiments</LinkButton>
      </ErrorState>
    </main>
  );
}
