/** What pages of models ask of a server. */
import type { ArtifactEntry, Page } from "../model";
import type { AliasMove, CardTexts, LoggedModel, ModelSearch, ModelVersion, NewVersion, RegisteredModel, Stage, Verification } from "./model";
import type { Scorer, ScoringReply } from "./scoring";

export interface RegistryApi {
  /** Each with its newest version. */
  searchModels(search: ModelSearch, signal?: AbortSignal): Promise<Page<RegisteredModel>>;
  getModel(name: string): Promise<RegisteredModel>;
  createModel(name: string, description: string): Promise<void>;
  renameModel(name: string, newName: string): Promise<void>;
  describeModel(name: string, text: string): Promise<void>;
  /** With all versions, for ever. */
  deleteModel(name: string): Promise<void>;
  setModelTag(name: string, key: string, value: string): Promise<void>;
  deleteModelTag(name: string, key: string): Promise<void>;

  searchVersions(search: ModelSearch, signal?: AbortSignal): Promise<Page<ModelVersion>>;
  getVersion(name: string, version: number): Promise<ModelVersion>;
  createVersion(version: NewVersion): Promise<ModelVersion>;
  describeVersion(name: string, version: number, text: string): Promise<void>;
  deleteVersion(name: string, version: number): Promise<void>;
  setVersionTag(name: string, version: number, key: string, value: string): Promise<void>;
  deleteVersionTag(name: string, version: number, key: string): Promise<void>;
  /** Changes the texts that are named. */
  editCard(name: string, version: number, texts: Partial<CardTexts>): Promise<void>;
  setStage(name: string, version: number, stage: Stage, archiveOthers: boolean): Promise<void>;

  setAlias(name: string, alias: string, version: number, reason: string): Promise<void>;
  deleteAlias(name: string, alias: string, reason: string): Promise<void>;
  /** The newest first. */
  listAliasMoves(name: string): Promise<AliasMove[]>;

  listVersionFiles(name: string, version: number, path: string): Promise<ArtifactEntry[]>;
  versionFileUrl(name: string, version: number, path: string): string;
  readVersionFile(name: string, version: number, path: string, maxBytes: number): Promise<{ text: string; isWhole: boolean }>;

  /** Reads all files again. */
  verifyVersion(name: string, version: number): Promise<Verification>;

  /** Of one run, the newest first. */
  listLoggedModels(experimentId: string, runId: string): Promise<LoggedModel[]>;

  /** Servers that this one may pass inputs to. */
  listScorers(): Promise<Scorer[]>;
  score(scorer: string, body: string, signal?: AbortSignal): Promise<ScoringReply>;
}
