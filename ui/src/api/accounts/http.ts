/** The accounts of a real server. */
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import type { components } from "../schema";
import { RUNFOLD, get, onRefused, onSignedOut, post, quiet } from "../transport";
import { asOne } from "./asOne";
import type { AccountsApi } from "./client";
import type { Ability } from "./abilities";
import type { Grant, Group, Identity, KnownRole, OwnRole, Role, User, Ways } from "./model";

type Wire = components["schemas"];

function toUser(user: Wire["UserMessage"]): User {
  return {
    name: user.name,
    isAdmin: user.is_admin ?? false,
    isService: user.is_service ?? false,
    isActive: user.is_active ?? true,
    createdMs: user.creation_time_ms ?? 0,
  };
}

/** The server answers for so many. */
const MOST_ASKED = 500;

function toGrant({ subject, place, role }: Wire["GrantedMessage"]): Grant {
  return { subject, place, role };
}

async function ownRoles(records: string[]): Promise<OwnRole[]> {
  const { roles = [] } = await post<Wire["OwnRolesReply"]>(`${RUNFOLD}account/roles`, { records });
  return roles.map(({ abilities = [], begins = false }) => ({ abilities, begins }));
}

function toIdentity(identity: Wire["IdentityMessage"]): Identity {
  return {
    user: identity.user,
    issuer: identity.issuer,
    subject: identity.subject,
    shown: identity.shown ?? "",
    sinceMs: identity.since_ms ?? null,
    lastSignInMs: identity.last_sign_in_ms ?? null,
  };
}

function toWays({ user, has_password, identities }: Wire["IdentitiesReply"]): Ways {
  return { user, hasPassword: has_password ?? false, identities: (identities ?? []).map(toIdentity) };
}

export class HttpAccounts implements AccountsApi {
  readonly ownRole = asOne(ownRoles, MOST_ASKED);

  async entrance() {
    const info = await get<Wire["ServerInfo"]>(`${RUNFOLD}server/info`);
    return { hasUsers: info.is_authenticated, provider: info.sign_in_provider || null, issuer: info.sign_in_issuer ?? "" };
  }
  async me() {
    if (!(await this.entrance()).hasUsers) return null;
    const { user, abilities = [] } = await quiet<Wire["AccountReply"]>("GET", `${RUNFOLD}account`);
    return { name: user.name, isAdmin: user.is_admin ?? false, everything: abilities, workspace: user.workspace ?? DEFAULT_WORKSPACE };
  }
  async signIn(name: string, password: string) {
    await quiet("POST", `${RUNFOLD}sessions/create`, { name, password });
  }
  providerUrl(next: string) {
    return new URL(`oidc/start?${new URLSearchParams({ next })}`, document.baseURI).href;
  }
  onSignedOut(signInAgain: () => Promise<void>) {
    return onSignedOut(signInAgain);
  }
  onRefused(listener: () => void) {
    return onRefused(listener);
  }
  async signOut() {
    return (await quiet<Wire["SignedOut"]>("POST", `${RUNFOLD}sessions/end`, {})).provider_url || null;
  }
  async signOutEverywhere(user = "") {
    await post(`${RUNFOLD}sessions/end-all`, { user });
  }
  async setUp(code: string, name: string, password: string) {
    await quiet("POST", `${RUNFOLD}setup`, { code, name, password });
  }
  async acceptInvitation(code: string, password: string) {
    await quiet("POST", `${RUNFOLD}invitations/accept`, { code, password });
  }
  async changePassword(before: string, password: string) {
    await quiet("POST", `${RUNFOLD}account/password`, { old_password: before, new_password: password });
  }

  async ways(user = "") {
    return toWays(await post<Wire["IdentitiesReply"]>(`${RUNFOLD}identities/list`, { user }));
  }
  async allWays() {
    return ((await post<Wire["WaysReply"]>(`${RUNFOLD}identities/list-all`, {})).users ?? []).map(toWays);
  }
  async beginLink(password: string) {
    return (await quiet<Wire["LinkBegun"]>("POST", `${RUNFOLD}account/link`, { password })).provider_url;
  }
  async finishLink(said: URLSearchParams) {
    const [code, state, error, iss] = ["code", "state", "error", "iss"].map((name) => said.get(name) ?? "");
    return toIdentity((await quiet<Wire["IdentityReply"]>("POST", `${RUNFOLD}account/finish-link`, { code, state, error, iss })).identity);
  }
  async endLink({ issuer, subject }: Identity, password: string) {
    await quiet("POST", `${RUNFOLD}account/unlink`, { issuer, subject, password });
  }
  async unlink({ user, issuer, subject }: Identity) {
    await post(`${RUNFOLD}identities/unlink`, { user, issuer, subject });
  }

  async waitingProgram(code: string) {
    const { program, address, scope, days, code: kept } = await post<Wire["WaitingProgramReply"]>(`${RUNFOLD}programs/show`, { code });
    return { code: kept, program, address: address ?? "", scope, days };
  }
  async decideProgram(code: string, letsIn: boolean) {
    await post(`${RUNFOLD}programs/decide`, { code, lets_in: letsIn });
  }

  async sessions() {
    const reply = await post<Wire["SessionsReply"]>(`${RUNFOLD}sessions/list`, {});
    return (reply.sessions ?? []).map((session) => ({
      id: session.session_id,
      agent: session.agent ?? "",
      address: session.address ?? "",
      createdMs: session.creation_time_ms ?? 0,
      lastUseMs: session.last_use_ms ?? 0,
      expiresMs: session.expires_ms ?? 0,
      isThis: session.is_this ?? false,
    }));
  }
  async endSession(id: string) {
    await post(`${RUNFOLD}sessions/end`, { session_id: id });
  }
  async tokens(user = "") {
    const reply = await post<Wire["TokensReply"]>(`${RUNFOLD}tokens/list`, { user });
    return (reply.tokens ?? []).map((token) => ({
      id: token.token_id,
      name: token.name ?? "",
      scope: token.scope,
      beginning: token.beginning ?? "",
      createdMs: token.creation_time_ms ?? 0,
      expiresMs: token.expires_ms ?? null,
      lastUseMs: token.last_use_ms ?? null,
      places: token.places ?? [],
    }));
  }
  async createToken({ user = "", name, scope, expiresMs, places }: { user?: string; name: string; scope: Role; expiresMs: number | null; places: string[] }) {
    const body: Wire["CreateToken"] = { user, name, scope, places, ...(expiresMs === null ? {} : { expires_ms: expiresMs }) };
    return (await post<Wire["NewTokenReply"]>(`${RUNFOLD}tokens/create`, body)).secret;
  }
  async revokeToken(id: string) {
    await post(`${RUNFOLD}tokens/revoke`, { token_id: id });
  }

  async users() {
    return ((await post<Wire["UsersReply"]>(`${RUNFOLD}users/list`, {})).users ?? []).map(toUser);
  }
  async createUser({ name, isAdmin, isService }: { name: string; isAdmin: boolean; isService: boolean }) {
    await post(`${RUNFOLD}users/create`, { name, is_admin: isAdmin, is_service: isService });
  }
  async updateUser(name: string, { isAdmin, isActive }: { isAdmin?: boolean; isActive?: boolean }) {
    const changes = { ...(isAdmin === undefined ? {} : { is_admin: isAdmin }), ...(isActive === undefined ? {} : { is_active: isActive }) };
    await post(`${RUNFOLD}users/update`, { name, ...changes });
  }
  async deleteUser(name: string) {
    await post(`${RUNFOLD}users/delete`, { name });
  }
  async invite(name: string) {
    const reply = await post<Wire["InvitationReply"]>(`${RUNFOLD}users/invite`, { name });
    return { url: new URL(`.${reply.path}`, document.baseURI).href, expiresMs: reply.expires_ms };
  }
  async groups() {
    const reply = await post<Wire["GroupsReply"]>(`${RUNFOLD}groups/list`, {});
    return (reply.groups ?? []).map(({ name, members }) => ({ name, members: members ?? [] }));
  }
  async setGroup(group: Group) {
    await post(`${RUNFOLD}groups/set`, group);
  }
  async deleteGroup(name: string) {
    await post(`${RUNFOLD}groups/delete`, { name });
  }

  async roles(): Promise<KnownRole[]> {
    const { roles = [] } = await post<Wire["RolesReply"]>(`${RUNFOLD}roles/list`, {});
    return roles.map((role) => ({
      name: role.name,
      description: role.description ?? "",
      abilities: role.abilities ?? [],
      isBuiltIn: role.is_built_in ?? false,
      nGrants: role.n_grants ?? 0,
      nTokens: role.n_tokens ?? 0,
    }));
  }
  async createRole({ name, description, abilities }: { name: string; description: string; abilities: readonly Ability[] }) {
    await post(`${RUNFOLD}roles/create`, { name, description, abilities });
  }
  async updateRole(name: Role, changed: { newName: string; description: string; abilities: readonly Ability[] }) {
    await post(`${RUNFOLD}roles/update`, { name, new_name: changed.newName, description: changed.description, abilities: changed.abilities });
  }
  async deleteRole(name: Role) {
    await post(`${RUNFOLD}roles/delete`, { name });
  }

  async explain(place: string, { user = "", granted }: { user?: string; granted?: Grant } = {}) {
    const reply = await post<Wire["AccessReportReply"]>(`${RUNFOLD}grants/explain`, { place, user, granted: granted ? [granted] : [] });
    return {
      way: reply.way,
      grants: (reply.grants ?? []).map(toGrant),
      standings: (reply.standings ?? []).map((one) => ({ user: toUser(one.user), role: one.role, abilities: one.abilities ?? [], before: one.before, deciding: (one.deciding ?? []).map(toGrant) })),
    };
  }
  async grantsOn(place: string) {
    return ((await post<Wire["GrantsReply"]>(`${RUNFOLD}grants/list`, { place })).grants ?? []).map(toGrant);
  }
  async setGrant(grant: Grant) {
    await post(`${RUNFOLD}grants/set`, grant);
  }
  async removeGrant(subject: string, place: string) {
    await post(`${RUNFOLD}grants/remove`, { subject, place });
  }
}
