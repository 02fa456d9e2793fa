/** What is kept: how much by whom, and for how long by which rule. */

/** Null: as the default has it; -1: no limit. */
export interface Quota {
  maxRuns: number | null;
  maxBytes: number | null;
  maxPoints: number | null;
  maxRequestsPerS: number | null;
}

export interface Usage {
  /** `user:NAME`, `workspace:NAME`, `default`, or `nobody`. */
  owner: string;
  nRuns: number;
  nBytes: number;
  nPoints: number;
  nRequestsToday: number;
  nRequests: number;
  own: Quota;
  /** What holds; nothing in it is null. */
  limits: Quota;
}

export interface RetentionRule {
  name: string;
  /** Whose it is; empty: the server's. */
  workspace: string;
  place: string;
  filter: string;
  bestBy: string;
  keepBest: number;
  keepLast: number;
  per: string;
  afterDays: number;
  /** Empty: whole runs go. */
  path: string;
  /** Null: nobody purges it but people. */
  trashDays: number | null;
  everyHours: number;
  isActive: boolean;
  nextMs: number;
  /** The user with whose rights the rule of a workspace acts; empty: nobody's. */
  keptBy: string;
  /** Why it is not carried out, active or not; empty: nothing is in the way. */
  rests: string;
}

export const NEW_RULE: RetentionRule = {
  name: "",
  workspace: "",
  place: "everything",
  filter: "",
  bestBy: "",
  keepBest: 0,
  keepLast: 0,
  per: "",
  afterDays: 30,
  path: "",
  trashDays: 30,
  everyHours: 24,
  isActive: true,
  nextMs: 0,
  keptBy: "",
  rests: "",
};

export interface PlannedRun {
  runId: string;
  name: string;
  nBytes: number;
  /** Null: it goes. */
  why: string | null;
}

export interface RetentionPlan {
  /** The first ones that go, and the first ones that stay. */
  runs: PlannedRun[];
  nGoing: number;
  nStaying: number;
  nBytes: number;
  whys: Record<string, number>;
}

export interface RetentionPass {
  number: number;
  rule: string;
  /** Whose the rule was; empty: the server's. */
  workspace: string;
  /** Empty: the schedule. */
  by: string;
  startMs: number;
  endMs: number | null;
  nRetired: number;
  nBytes: number;
  nPurged: number;
  error: string;
}
