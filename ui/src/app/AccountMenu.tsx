import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Layers, LogOut, ScrollText, UserRound, UsersRound } from "lucide-react";
import type { ReactElement } from "react";
import { useAccount } from "../api/accounts/queries";
import { useApi } from "../api/context";
import { Menu } from "../components/Menu";
import { useNotes } from "../components/Toasts";

/** Who is signed in, and what they can do about it. Nothing on a server without users. */
export function AccountMenu({ trigger }: { trigger: (name: string) => ReactElement }) {
  const account = useAccount();
  const { accounts } = useApi();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notes = useNotes();
  if (!account) return null;
  const signOut = async () => {
    let atProvider: string | null;
    try {
      atProvider = await accounts.signOut();
    } catch (error) {
      notes.failed("You could not be signed out", error);
      return;
    }
    queries.clear();
    // Nothing of what was shown stays in the page's memory.
    window.location.assign(atProvider ?? new URL("sign-in", document.baseURI));
  };
  return (
    <Menu
      trigger={trigger(account.name)}
      entries={[
        { heading: account.isAdmin ? "Administrator" : "Signed in" },
        { label: "Your account", icon: <UserRound size={14} />, onSelect: () => void navigate({ to: "/account" }) },
        ...(account.isAdmin ? [{ label: "Users and groups", icon: <UsersRound size={14} />, onSelect: () => void navigate({ to: "/users" }) }, { label: "Workspaces", icon: <Layers size={14} />, onSelect: () => void navigate({ to: "/workspaces" }) }, { label: "Audit", icon: <ScrollText size={14} />, onSelect: () => void navigate({ to: "/audit" }) }] : []),
        "line" as const,
        { label: "Sign out", icon: <LogOut size={14} />, onSelect: () => void signOut() },
      ]}
    />
  );
}
