/** Users, what they sign in with, and what they may do. */
import type { Ability } from "./abilities";

/** The name of a role; `none` denies. */
export type Role = string;

/** A role, built in or made by an administrator. */
export interface KnownRole {
  name: Role;
  description: string;
  abilities: readonly Ability[];
  isBuiltIn: boolean;
  /** That name it; for administrators. */
  nGrants: number;
  nTokens: number;
}

/** Who sits here. */
export interface Account {
  name: string;
  isAdmin: boolean;
  /** On jobs, targets, and everything that no nearer grant concerns. */
  everything: readonly Ability[];
  /** In which their calls are made that name none. */
  workspace: string;
}

/** What who sits here may do with a record. */
export interface OwnRole {
  abilities: readonly Ability[];
  /** Of folders and workspaces: whether they may begin something of their own there. */
  begins: boolean;
}

export interface Session {
  id: string;
  agent: string;
  address: string;
  createdMs: number;
  lastUseMs: number;
  expiresMs: number;
  /** This browser. */
  isThis: boolean;
}

export interface Token {
  id: string;
  name: string;
  scope: Role;
  beginning: string;
  createdMs: number;
  expiresMs: number | null;
  lastUseMs: number | null;
  /** It is worth something on these alone; none: it is not limited. */
  places: string[];
}

export interface User {
  name: string;
  isAdmin: boolean;
  isService: boolean;
  isActive: boolean;
  createdMs: number;
}

export interface Group {
  name: string;
  members: string[];
}

/** `subject`: `user:NAME`, `group:NAME` or `everyone`; `place`: `experiment:ID`, `model:NAME`, `folder:NAME`, `workspace:NAME` or `everything`; names in a workspace: `workspace:NAME/model:NAME`. */
export interface Grant {
  subject: string;
  place: string;
  role: Role;
}

/** How a server with users lets people in. */
export interface Entrance {
  hasUsers: boolean;
  /** What the button of the provider says; null: by name and password alone. */
  provider: string | null;
  /** The same, as its tokens say it; empty: there is none. */
  issuer: string;
}

/** Somebody whom a provider vouches for, and who signs in as a user here. */
export interface Identity {
  user: string;
  issuer: string;
  subject: string;
  /** What they know themselves by there; empty: the provider has not said. */
  shown: string;
  sinceMs: number | null;
  lastSignInMs: number | null;
}

/** By what a user signs in with a browser. */
export interface Ways {
  user: string;
  hasPassword: boolean;
  identities: Identity[];
}

/** What one user may do at a place, and by which grants. */
export interface Standing {
  user: User;
  role: Role;
  abilities: readonly Ability[];
  /** Without the change that was asked about. */
  before: Role;
  /** Those that make the role; none for an administrator. */
  deciding: Grant[];
}

export interface AccessReport {
  /** The places whose grants concern the record, the nearest first. */
  way: string[];
  grants: Grant[];
  standings: Standing[];
}

/** A program elsewhere that waits to be let in, and would get a token. */
export interface WaitingProgram {
  code: string;
  program: string;
  address: string;
  scope: Role;
  days: number;
}
