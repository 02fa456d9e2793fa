/** A tenant of the server, with names, members and rights of its own. */
export interface Workspace {
  name: string;
  description: string;
  /** Below which its new experiments keep their files; empty: where the server keeps them. */
  filesUri: string;
}

/** What becomes of what a workspace holds: it must hold nothing, goes to another one, or to the trash. */
export type RemovalMode = "restrict" | "move" | "trash";

/** How much a workspace holds, with what is in its trash. */
export interface Contents {
  nExperiments: number;
  nRuns: number;
  nModels: number;
  nVersions: number;
  nProjects: number;
  nTargets: number;
  nSecrets: number;
  nViews: number;
  nJobs: number;
  /** Of the jobs, those that agents have. */
  nRunning: number;
  nRules: number;
  nGrants: number;
  nBytes: number;
}

export interface Removal {
  contents: Contents;
  /** Names that keep it from moving, such as `model:churn`: the first ones. */
  clashes: string[];
  nClashes: number;
  /** What does not fit into the quota of the workspace that it is to move to. */
  excesses: Excess[];
}

export interface Excess {
  what: "runs" | "bytes" | "points";
  limit: number;
  nKept: number;
  nAdded: number;
}

export interface TrashedWorkspace {
  name: string;
  description: string;
  deletedMs: number;
}

export interface WorkspacePurge {
  contents: Contents;
  nFiles: number;
  nBytes: number;
  /** Folders whose files the server does not keep. */
  unreachable: string[];
}

export interface WorkspacesApi {
  /** Those that who asks may enter, by name. */
  list(): Promise<Workspace[]>;
  /** Closed to everyone at first. */
  create(workspace: Workspace): Promise<void>;
  /** What is not given stays. */
  update(name: string, changes: { description?: string; filesUri?: string }): Promise<void>;
  /**
   * Fails where it holds something that is to stay, or names clash.
   *
   * @param to with "move", the other workspace
   */
  remove(name: string, mode: RemovalMode, to: string): Promise<void>;
  /** What that would do. */
  planRemoval(name: string, mode: RemovalMode, to: string): Promise<Removal>;
  trashed(): Promise<TrashedWorkspace[]>;
  restore(name: string): Promise<void>;
  /** Removes a workspace of the trash for good, or says what would go. */
  purge(name: string, isTrial: boolean): Promise<WorkspacePurge>;
}
