/** What the pages of models talk about. Times are Unix milliseconds. */

export const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof STAGES)[number];

/** A metric as it was when the version was registered. */
export interface ModelMetric {
  key: string;
  value: number;
  step: number;
}

export interface ModelDataset {
  name: string;
  digest: string;
  /** Such as `training`; empty if nobody said. */
  context: string;
}

/** Texts of a card that people may correct. Empty: unknown. */
export interface CardTexts {
  algorithm: string;
  framework: string;
  frameworkVersion: string;
  task: string;
  targetPlatform: string;
  owner: string;
  licence: string;
}

/** What lets people find a version and judge it. */
export interface ModelCard extends CardTexts {
  flavours: string[];
  /** How the weights are kept, such as `skops` or `cloudpickle`. */
  serialisation: string;
  /** JSON text as in the `MLmodel` file; empty: none. */
  signature: string;
  metrics: ModelMetric[];
  params: Record<string, string>;
  datasets: ModelDataset[];
}

/** The files as they were at registration. */
export interface ModelFiles {
  nBytes: number;
  nFiles: number;
  /** Empty when the contents were not read. */
  digest: string;
}

/** Large models are pending while the server reads their files; nothing leads to a version that is not ready. */
export type VersionStatus = "pending" | "ready" | "failed";

export interface ModelVersion {
  name: string;
  version: number;
  status: VersionStatus;
  /** Why its registration failed. */
  statusMessage: string;
  createdMs: number;
  updatedMs: number;
  stage: Stage;
  description: string;
  user: string;
  source: string;
  /** Empty: it came from no run. */
  runId: string;
  /** Of the logged model it is a version of; empty: none. */
  modelId: string;
  tags: Record<string, string>;
  aliases: string[];
  card: ModelCard;
  /** Null: nobody has read them. */
  files: ModelFiles | null;
}

export interface RegisteredModel {
  name: string;
  createdMs: number;
  updatedMs: number;
  description: string;
  user: string;
  tags: Record<string, string>;
  /** Alias to version. */
  aliases: Record<string, number>;
  nVersions: number;
  /** The highest number that is ready; null: there is none. */
  newest: ModelVersion | null;
}

export interface ModelSearch {
  /** The search language; empty: all. */
  filter: string;
  /** `field [ASC|DESC]`, the first decides first. */
  orderBy: string[];
  limit: number;
  cursor: string;
}

/** One change of an alias. */
export interface AliasMove {
  alias: string;
  /** Where it points from then on; null: it was removed. */
  version: number | null;
  timeMs: number;
  user: string;
  reason: string;
}

export interface NewVersion {
  name: string;
  source: string;
  runId: string;
  modelId: string;
  description: string;
  tags: Record<string, string>;
}

/** A model that a run saved, with an id of its own. */
export interface LoggedModel {
  id: string;
  name: string;
  type: string;
  status: "PENDING" | "READY" | "UPLOAD_FAILED" | "UNSPECIFIED";
  createdMs: number;
  runId: string;
  /** Versions in the registry that it is. */
  registrations: { name: string; version: number }[];
}

export type FileState = "same" | "changed" | "missing" | "added";

/** What has become of one file since the registration; sizes are null where it was, or is, not there. */
export interface FileCheck {
  path: string;
  state: FileState;
  bytesThen: number | null;
  bytesNow: number | null;
}

/** What the files of a version are now, beside what they were at registration. */
export interface Verification {
  isUnchanged: boolean;
  registered: ModelFiles;
  found: ModelFiles;
  /** By path; none when an earlier release registered the version, which kept no list. */
  files: FileCheck[];
}
