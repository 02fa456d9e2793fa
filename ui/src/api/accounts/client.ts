import type { Ability } from "./abilities";
import type { AccessReport, Account, Entrance, Grant, Group, Identity, KnownRole, OwnRole, Role, Session, Token, User, WaitingProgram, Ways } from "./model";

export interface AccountsApi {
  entrance(): Promise<Entrance>;
  /** Null on a server without users. Fails with 401 when nobody is signed in. */
  me(): Promise<Account | null>;
  signIn(name: string, password: string): Promise<void>;
  /** An address that leads to the provider, and from there to a page of ours. */
  providerUrl(next: string): string;
  /** Calls back when the server asks who is there, and holds the call that it refused until the promise is kept. */
  onSignedOut(signInAgain: () => Promise<void>): () => void;
  /** Resolves to where the browser signs out at the provider, too; null: nowhere. */
  signOut(): Promise<string | null>;
  signOutEverywhere(user?: string): Promise<void>;
  /** Makes the first administrator. */
  setUp(code: string, name: string, password: string): Promise<void>;
  acceptInvitation(code: string, password: string): Promise<void>;
  changePassword(before: string, password: string): Promise<void>;

  /** Of oneself, or for administrators of another user. */
  ways(user?: string): Promise<Ways>;
  /** Of everybody; for administrators. */
  allWays(): Promise<Ways[]>;
  /** Resolves to where the browser goes on to, to be back on the page of the account in the end. */
  beginLink(password: string): Promise<string>;
  /** With what the provider said in the address of that page. */
  finishLink(said: URLSearchParams): Promise<Identity>;
  /** Of one's own account. */
  endLink(identity: Identity, password: string): Promise<void>;
  /** Of anybody's; for administrators. */
  unlink(identity: Identity): Promise<void>;

  /** One that waits under a code, and that nobody has decided on. */
  waitingProgram(code: string): Promise<WaitingProgram>;
  decideProgram(code: string, letsIn: boolean): Promise<void>;

  sessions(): Promise<Session[]>;
  endSession(id: string): Promise<void>;
  /** Newest first; of oneself, or for administrators of another user. */
  tokens(user?: string): Promise<Token[]>;
  /** Resolves to the secret, which is told this one time. */
  createToken(token: { user?: string; name: string; scope: Role; expiresMs: number | null; places: string[] }): Promise<string>;
  revokeToken(id: string): Promise<void>;

  users(): Promise<User[]>;
  createUser(user: { name: string; isAdmin: boolean; isService: boolean }): Promise<void>;
  updateUser(name: string, changes: { isAdmin?: boolean; isActive?: boolean }): Promise<void>;
  deleteUser(name: string): Promise<void>;
  /** Resolves to an address where the user chooses a password, once. */
  invite(name: string): Promise<{ url: string; expiresMs: number }>;
  groups(): Promise<Group[]>;
  setGroup(group: Group): Promise<void>;
  deleteGroup(name: string): Promise<void>;

  /** The built-in ones, least first, then others by name. */
  roles(): Promise<KnownRole[]>;
  createRole(role: { name: string; description: string; abilities: readonly Ability[] }): Promise<void>;
  /** For all who have it, from then on. */
  updateRole(name: Role, changed: { newName: string; description: string; abilities: readonly Ability[] }): Promise<void>;
  /** Refused while a grant or token names it. */
  deleteRole(name: Role): Promise<void>;

  /** Of who sits here, on a place or `job:ID`; what is asked at the same moment goes to the server as one question. */
  ownRole(record: string): Promise<OwnRole>;
  /** Calls back when the server refused something, or did not find it. */
  onRefused(listener: () => void): () => void;
  /** Who may do what with a record, and why; of one user, which everybody may ask about themselves, or of all. With a grant: what it would change. */
  explain(place: string, asked?: { user?: string; granted?: Grant }): Promise<AccessReport>;
  grantsOn(place: string): Promise<Grant[]>;
  setGrant(grant: Grant): Promise<void>;
  removeGrant(subject: string, place: string): Promise<void>;
}
