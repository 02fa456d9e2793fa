/** What the pages of projects and jobs talk about. Times are Unix milliseconds. */

export const JOB_STATES = ["queued", "claimed", "preparing", "running", "finished", "failed", "cancelled", "lost"] as const;
export type JobState = (typeof JOB_STATES)[number];

export const ACTIVE: readonly JobState[] = ["queued", "claimed", "preparing", "running"];

export function isOver(state: JobState): boolean {
  return !ACTIVE.includes(state);
}

export type ParameterType = "string" | "float" | "int" | "path" | "uri" | "bool";

/** A parameter of an entry point. */
export interface Parameter {
  name: string;
  type: ParameterType;
  /** Null: a value must be given. */
  default: string | null;
  /** A variable that gives the default where the job runs; empty: none. */
  environment: string;
  help: string;
  choices: string[];
  minimum: number | null;
  maximum: number | null;
  /** The value says where the secret is found. */
  isSecret: boolean;
}

export interface EntryPoint {
  name: string;
  command: string;
  help: string;
  parameters: Parameter[];
}

export interface ProjectSpec {
  /** As its file has it; empty without one. */
  name: string;
  environment: { kind: "current" | "uv" | "conda" | "container"; path: string; image: string };
  entryPoints: EntryPoint[];
  platform: { targets: string[]; labels: string[]; nGpus: number };
  hasFile: boolean;
}

export interface ProjectSettings {
  name: string;
  uri: string;
  version: string;
  folder: string;
  description: string;
  credential: string;
  /** That its jobs may go to; empty: all. */
  targets: string[];
  queue: string;
  experimentId: string;
}

export interface Project {
  settings: ProjectSettings;
  /** Null: nobody has read its code yet, or nobody could. */
  spec: ProjectSpec | null;
  commit: string;
  /** Why the last reading gave no spec. */
  problem: string;
  readMs: number | null;
  createdMs: number;
  user: string;
  nJobs: number;
  lastJob: Job | null;
}

/** What a command wants of the machine that runs it; 0: not said. */
export interface Resources {
  nCpus: number;
  nGpus: number;
  memoryGib: number;
}

/** What somebody wants to have run. */
export interface Work {
  kind: "project" | "read-project" | "rerun" | "target-test";
  project: string;
  uri: string;
  version: string;
  entryPoint: string;
  parameters: Record<string, string>;
  /** Of a rerun: parameters that the run was given and the job is not. */
  without: string[];
  credential: string;
  /** Of a rerun: the run to have again. */
  origin: string;
  experimentId: string;
  runName: string;
  target: string;
  resources: Resources;
  /** Empty: as the project asks. */
  envManager: string;
  queue: string;
  labels: string[];
  priority: number;
  nTries: number;
  timeoutS: number;
  tags: Record<string, string>;
  user: string;
}

/** A project as it is, with nothing said beyond. */
export const NEW_WORK: Work = {
  kind: "project",
  project: "",
  uri: "",
  version: "",
  entryPoint: "main",
  parameters: {},
  without: [],
  credential: "",
  origin: "",
  experimentId: "0",
  runName: "",
  target: "",
  resources: { nCpus: 0, nGpus: 0, memoryGib: 0 },
  envManager: "",
  queue: "default",
  labels: [],
  priority: 0,
  nTries: 1,
  timeoutS: 0,
  tags: {},
  user: "",
};

export interface Job {
  id: string;
  work: Work;
  state: JobState;
  createdMs: number;
  attempt: number;
  agent: string;
  startMs: number | null;
  endMs: number | null;
  isCancelAsked: boolean;
  exitCode: number | null;
  reason: string;
  /** Empty: it has none yet. */
  runId: string;
}

/** One change in the life of a job. */
export interface JobStep {
  timeMs: number;
  attempt: number;
  state: JobState;
  agent: string;
  exitCode: number | null;
  reason: string;
}

/** Empty: every one. */
export interface JobFilter {
  states: readonly JobState[];
  project: string;
  queue: string;
  target: string;
  user: string;
  /** Those that were asked for together. */
  grid: string;
  /** Words that are in what was asked for. */
  text: string;
  /** Of a grid, the newest that fits alone. */
  isFolded: boolean;
}

export const EVERY_JOB: JobFilter = { states: [], project: "", queue: "", target: "", user: "", grid: "", text: "", isFolded: false };

export const GRID_TAG = "runfold.grid";

/** What jobs have in common that were asked for together; empty: it was asked for alone. */
export function gridNameOf({ work }: Job): string {
  return work.tags[GRID_TAG] ?? "";
}

/** Of some jobs, how many are in each state. */
export type StateCounts = Partial<Record<JobState, number>>;

export interface JobCounts {
  states: StateCounts;
  /** Of all jobs, whatever was counted. */
  queues: string[];
  targets: string[];
  users: string[];
}

export interface JobSearch extends JobFilter {
  limit: number;
  cursor: string;
}

export interface LogPart {
  attempt: number;
  start: number;
  content: Uint8Array;
  /** Bytes of all that is there. */
  size: number;
  /** The attempt is over: nothing will be added. */
  isWhole: boolean;
}

export interface LogMatch {
  line: number;
  /** The byte that the line begins with. */
  start: number;
  text: string;
}

export interface Agent {
  name: string;
  host: string;
  queues: string[];
  labels: string[];
  /** 0: it has ended. */
  nSlots: number;
  version: string;
  /** When it was last heard from. */
  seenMs: number;
  /** Jobs that it has now. */
  nHeld: number;
  /** It has not ended, and gave a sign of life lately: as the server sees it. */
  isThere: boolean;
}

export const TARGET_KINDS = ["local", "ssh", "slurm", "kubernetes", "ray"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Where jobs are executed. `settings` are those of its kind, by the names of the server's table. */
export interface Target {
  name: string;
  kind: TargetKind;
  description: string;
  labels: string[];
  nGpus: number;
  memoryGib: number;
  queue: string;
  trackingUri: string;
  settings: Record<string, unknown>;
  updatedMs: number;
}

export interface Secret {
  name: string;
  description: string;
  /** Where agents find it; empty: the server keeps it, sealed. */
  reference: string;
  updatedMs: number;
}
