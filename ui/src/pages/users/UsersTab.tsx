import { useQueryClient } from "@tanstack/react-query";
import { MoreHorizontal, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import type { User } from "../../api/accounts/model";
import { accountKeys, useAllWays, useEntrance, useUsers } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { SearchInput } from "../../components/Field";
import { Grid, type GridColumn } from "../../components/Grid";
import { ListLine } from "../../components/ListLine";
import { Menu } from "../../components/Menu";
import { useShortcuts } from "../../components/Shortcuts";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { useQueryText } from "../../components/useQuery";
import { plural } from "../../lib/format";
import { FailureState } from "../../records/FailureState";
import { AddUser } from "./AddUser";
import { InvitationDialog } from "./InvitationDialog";
import { UserLinks } from "./UserLinks";
import { UserTokens } from "./UserTokens";
import { waysWord } from "../../records/accounts/identities";
import styles from "../../records/accounts/accounts.module.css";

/** Who can sign in. */
export function UsersTab({ me }: { me: string }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const [text, setText] = useQueryText("q");
  const { data: users, error, refetch } = useUsers();
  const [isAdding, setAdding] = useState(false);
  const [invited, setInvited] = useState("");
  const [doomed, setDoomed] = useState("");
  const [tokensOf, setTokensOf] = useState("");
  const [linksOf, setLinksOf] = useState("");
  const entrance = useEntrance().data;
  const ways = useAllWays().data;
  useShortcuts([{ keys: "n", label: "Add a user", run: () => setAdding(true) }]);
  const change = async (what: string, make: () => Promise<void>) => {
    try {
      await make();
      notes.done(what);
    } catch (problem) {
      notes.failed("That could not be done", problem);
    }
    await Promise.all([accountKeys.users, accountKeys.anyWays, accountKeys.groups].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  const entries = (user: User) => [
    ...(user.isService || !user.isActive ? [] : [{ label: "Make a link for a new password", onSelect: () => setInvited(user.name) }]),
    { label: "Tokens", onSelect: () => setTokensOf(user.name) },
    ...(user.isService ? [] : [{ label: "How they sign in", onSelect: () => setLinksOf(user.name) }]),
    ...(user.isService ? [] : [{ label: "Sign out of all browsers", onSelect: () => void change(`${user.name} is signed out everywhere`, () => accounts.signOutEverywhere(user.name)) }]),
    "line" as const,
    user.isAdmin
      ? { label: "Make an ordinary user", disabled: user.name === me, onSelect: () => void change(`${user.name} is no administrator any more`, () => accounts.updateUser(user.name, { isAdmin: false })) }
      : { label: "Make an administrator", onSelect: () => void change(`${user.name} is an administrator`, () => accounts.updateUser(user.name, { isAdmin: true })) },
    user.isActive
      ? { label: "Switch off; ends tokens and sessions", disabled: user.name === me, onSelect: () => void change(`${user.name} cannot sign in any more`, () => accounts.updateUser(user.name, { isActive: false })) }
      : { label: "Switch on", onSelect: () => void change(`${user.name} can sign in again`, () => accounts.updateUser(user.name, { isActive: true })) },
    { label: "Remove…", danger: true, disabled: user.name === me, onSelect: () => setDoomed(user.name) },
  ];
  const signsInBy = (name: string) => {
    const found = ways?.get(name);
    return found && waysWord(found, entrance);
  };
  const columns: GridColumn<User>[] = [
    { id: "name", title: "User", width: 240, isPinned: true, cell: ({ name, isActive }) => <span className={isActive ? undefined : styles.quiet}>{name}</span> },
    { id: "standing", title: "Standing", width: 180, cell: standing },
    { id: "ways", title: "Signs in by", width: 200, cell: (user) => <Ways user={user} word={signsInBy(user.name)} /> },
    { id: "since", title: "Since", width: 110, cell: ({ createdMs }) => <Ago ms={createdMs} /> },
    {
      id: "do",
      title: "Do",
      width: 56,
      cell: (user) => (
        <Menu
          align="end"
          trigger={
            <Button look="quiet" small aria-label={`Change ${user.name}`}>
              <MoreHorizontal size={14} />
            </Button>
          }
          entries={entries(user)}
        />
      ),
    },
  ];
  const shown = useMemo(() => (users ?? []).filter(({ name }) => name.toLowerCase().includes(text.toLowerCase())), [users, text]);
  if (error && !users) return <FailureState what="The users could not be loaded" error={error} retry={() => void refetch()} />;
  return (
    <>
      <ListLine count={users && plural(shown.length, "user")}>
        <Button onClick={() => setAdding(true)}>
          <Plus size={14} />
          Add a user
        </Button>
        <SearchInput className={styles.find} placeholder="Find a user" aria-label="Find a user" value={text} onChange={(event) => setText(event.target.value)} />
      </ListLine>
      <Grid label="Users" rows={shown} keyOf={({ name }) => name} columns={columns} cursor={-1} isSelected={() => false} />
      {isAdding && (
        <AddUser
          onClose={(made) => {
            setAdding(false);
            if (made?.isService) setTokensOf(made.name);
            else if (made) setInvited(made.name);
          }}
        />
      )}
      {invited && <InvitationDialog name={invited} onClose={() => setInvited("")} />}
      {linksOf && <UserLinks user={linksOf} onClose={() => setLinksOf("")} />}
      {tokensOf && <UserTokens user={tokensOf} onClose={() => setTokensOf("")} />}
      <Dialog
        open={doomed !== ""}
        onClose={() => setDoomed("")}
        title={`Remove ${doomed}?`}
        foot={
          <>
            <Button onClick={() => setDoomed("")}>Keep the user</Button>
            <Button
              look="danger"
              onClick={() => {
                setDoomed("");
                void change(`${doomed} is removed`, () => accounts.deleteUser(doomed));
              }}
            >
              Remove the user
            </Button>
          </>
        }
      >
        <p>Tokens, memberships and grants go, too, and cannot be brought back. What {doomed} recorded stays. To keep somebody out for a while, switch the user off.</p>
      </Dialog>
    </>
  );
}

/** Nothing is said until it is known. */
function Ways({ user, word }: { user: User; word: string | undefined }) {
  if (user.isService) return "tokens";
  return word === "" ? <span className={styles.quiet}>nothing yet; make a link</span> : word;
}

function standing({ isAdmin, isService, isActive }: User): string {
  const words = [isAdmin && "administrator", isService && "service", !isActive && "switched off"].filter(Boolean).join(", ");
  return words;
}
