/** A tenant of the server, with names, members and rights of its own. */
export interface Workspace {
  name: string;
  description: string;
  /** Below which its new experiments keep their files; empty: where the server keeps them. */
  filesUri: string;
}

export interface WorkspacesApi {
  /** Those that who asks may enter, by name. */
  list(): Promise<Workspace[]>;
  /** Closed to everyone at first. */
  create(workspace: Workspace): Promise<void>;
  /** What is not given stays. */
  update(name: string, changes: { description?: string; filesUri?: string }): Promise<void>;
  /** Fails where it holds something, and says what. */
  remove(name: string): Promise<void>;
}
