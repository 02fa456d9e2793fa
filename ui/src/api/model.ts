/** What the pages talk about. The wire's own shapes stay in `http.ts`. Times are Unix milliseconds. */

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
/** A run that says it is running but has gone silent is `LOST`. */
export type RunState = RunStatus | "LOST";

export interface Experiment {
  id: string;
  name: string;
  description: string;
  artifactLocation: string;
  /** In which its name, and those of its datasets, hold. */
  workspace: string;
  isDeleted: boolean;
  createdMs: number;
  updatedMs: number;
  nRuns: number;
  nRunning: number;
  lastRunMs: number | null;
  /** Runs started on each of the last days, oldest first, UTC days. */
  runsPerDay: number[];
}

export interface MetricSummary {
  last: number;
  min: number;
  max: number;
  step: number;
  timestampMs: number;
  count: number;
}

export interface DatasetUse {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema: string;
  profile: string;
  context: string;
  isOutput: boolean;
}

/** What every run has. */
export interface RunInfo {
  id: string;
  experimentId: string;
  name: string;
  state: RunState;
  /** 0 when the client never said. */
  startMs: number;
  endMs: number | null;
  user: string;
  parentId: string | null;
  isDeleted: boolean;
  deletedMs: number | null;
  artifactUri: string;
}

/** A run; a search fills in only the keys it was asked for. */
export interface Run extends RunInfo {
  metrics: Record<string, MetricSummary>;
  params: Record<string, string>;
  tags: Record<string, string>;
  datasets: DatasetUse[];
}

export type Lifecycle = "active" | "deleted" | "all";

/** Which keys a search fills in; null: all. */
export interface RunKeys {
  metrics: string[] | null;
  params: string[] | null;
  tags: string[] | null;
  /** Whether runs come with their datasets. */
  datasets?: boolean;
}

export interface RunSearch {
  experimentIds: string[];
  /** The search language; empty: all. */
  filter: string;
  /** `field [ASC|DESC]`, the first decides first. */
  orderBy: string[];
  lifecycle: Lifecycle;
  limit: number;
  cursor: string;
  keys: RunKeys;
}

export interface Page<T> {
  items: T[];
  /** Empty on the last page. */
  nextCursor: string;
}

/** Runs put together by the values of fields. */
export interface GroupSearch {
  experimentIds: string[];
  filter: string;
  /** Fields; with `isAllBut`, the params that do not count. */
  by: string[];
  isAllBut: boolean;
  /** Fields of metrics. */
  metrics: string[];
  /** One of the metrics with ASC or DESC, by its mean; empty: the largest group first. */
  orderBy: string;
  limit: number;
  /** So many runs are named of each group, the newest. */
  runIds: number;
}

/** The finite values of a metric in a group; null where there are too few. */
export interface Spread {
  n: number;
  mean: number | null;
  /** Sample standard deviation (n - 1). */
  sd: number | null;
  min: number | null;
  q1: number | null;
  median: number | null;
  q3: number | null;
  max: number | null;
}

export interface GroupOfRuns {
  /** One for each field of `Groups.by`; null: the runs have none. */
  values: (string | null)[];
  nRuns: number;
  /** One for each metric that was asked for. */
  metrics: Spread[];
  runIds: string[];
}

export interface Groups {
  by: string[];
  groups: GroupOfRuns[];
  /** Those beyond the limit included. */
  nGroups: number;
  nRuns: number;
}

export interface TableSearch {
  experimentIds: string[];
  filter: string;
  fields: string[];
  /** Of more runs a random sample is taken. */
  mostRuns: number;
}

/** Fields of runs as columns: numbers for metrics and times, text for all else. */
export interface RunTable {
  runIds: string[];
  names: string[];
  columns: Record<string, (string | number | null)[]>;
  /** How many runs fit, those outside the sample included. */
  nRuns: number;
}

export type KeyKind = "metric" | "param" | "tag";

/** A key that runs have, and how much it tells them apart. */
export interface KeyStats {
  kind: KeyKind;
  key: string;
  nRuns: number;
  nDistinct: number;
  /** 0 when all runs agree, 1 when every run differs. */
  variation: number;
  min: number | null;
  max: number | null;
  examples: string[];
}

/** A dataset that some run of an experiment used. */
export interface UsedDataset {
  name: string;
  digest: string;
  context: string;
}

export interface SeriesRequest {
  runIds: string[];
  keys: string[];
  axis: "step" | "time";
  /** At most so many buckets a series. */
  buckets: number;
  start: number | null;
  end: number | null;
}

/** A series as columns of equal length. A bucket without a number has null in all four. */
export interface Series {
  runId: string;
  key: string;
  /** Points in the range that was asked for. */
  nPoints: number;
  x: number[];
  /** Timestamps in ms where x are steps, steps where x are timestamps; empty from a server that does not tell. */
  other: number[];
  min: (number | null)[];
  max: (number | null)[];
  mean: (number | null)[];
  last: (number | null)[];
  /** Points of each bucket that are NaN. */
  nNan: number[];
}

export interface SavedView {
  id: string;
  scope: string;
  name: string;
  /** The query part of the page's address. */
  state: string;
  updatedMs: number;
}

export interface ArtifactEntry {
  /** Relative to the run. */
  path: string;
  isDir: boolean;
  size: number | null;
}

/** What to remove from the trash for ever; everything in it where neither runs nor experiments are named. */
export interface PurgeWhat {
  runIds?: string[];
  experimentIds?: string[];
  /** Only what was deleted before this time. */
  olderThanMs?: number;
}

export interface PurgeReport {
  nExperiments: number;
  nRuns: number;
  nPoints: number;
  nFiles: number;
  nBytes: number;
  /** Folders whose files the server does not keep. */
  unreachable: string[];
}

export interface Trash {
  experiments: { id: string; name: string; deletedMs: number | null }[];
  runs: RunInfo[];
  nextCursor: string;
}

export interface StorageUse {
  experimentId: string;
  /** Null in a listing of experiments. */
  runId: string | null;
  name: string;
  nFiles: number;
  nBytes: number;
}

export interface StorageReport {
  uses: StorageUse[];
  nBytes: number;
  /** False when there were more files than the server counts for one answer. */
  isComplete: boolean;
}

export interface RecordsSize {
  nBytes: number;
  /** Of these, kept for later records. */
  nFreeBytes: number;
}

export interface ServerInfo {
  version: string;
  mlflowVersion: string;
  artifactRoot: string;
}
