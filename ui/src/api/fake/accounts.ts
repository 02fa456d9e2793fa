/** A server without users: nobody signs in, and nothing is known of anybody. */
import { ApiError } from "../client";
import type { AccountsApi } from "../accounts/client";

const no = (): Promise<never> => Promise.reject(new ApiError("NOT_IMPLEMENTED", "This server has no users.", 501));

export class FakeAccounts implements AccountsApi {
  entrance = () => Promise.resolve({ hasUsers: false, provider: null, issuer: "" });
  me = () => Promise.resolve(null);
  providerUrl = () => "";
  onSignedOut = () => () => undefined;
  onRefused = () => () => undefined;
  ownRole = no;
  signIn = no;
  signOut = no;
  signOutEverywhere = no;
  setUp = no;
  acceptInvitation = no;
  changePassword = no;
  ways = no;
  allWays = no;
  beginLink = no;
  finishLink = no;
  endLink = no;
  unlink = no;
  waitingProgram = no;
  decideProgram = no;
  sessions = no;
  endSession = no;
  tokens = no;
  createToken = no;
  revokeToken = no;
  users = no;
  createUser = no;
  updateUser = no;
  deleteUser = no;
  invite = no;
  groups = no;
  setGroup = no;
  deleteGroup = no;
  roles = no;
  createRole = no;
  updateRole = no;
  deleteRole = no;
  explain = no;
  grantsOn = no;
  setGrant = no;
  removeGrant = no;
}
