/** The one interface between the pages and a server. `http.ts` speaks to a real one, `fake/` makes one up. */
import type {
  ArtifactEntry,
  Experiment,
  GroupSearch,
  Groups,
  KeyKind,
  KeyStats,
  Lifecycle,
  Page,
  PurgeReport,
  PurgeWhat,
  RecordsSize,
  Run,
  RunInfo,
  RunSearch,
  RunTable,
  SavedView,
  Series,
  SeriesRequest,
  ServerInfo,
  StorageReport,
  TableSearch,
  Trash,
  UsedDataset,
} from "./model";
import type { RegistryApi } from "./registry/client";
import type { WorkApi } from "./work/client";
import type { AccountsApi } from "./accounts/client";
import type { AuditApi } from "./audit/client";
import type { KeepingApi } from "./keeping/client";
import type { WorkspacesApi } from "./workspaces/client";
import type { RulesApi } from "./registry/rulesClient";
import type { WebhooksApi } from "./registry/webhooks";

/** An answer that is not a success. `code` is the server's `error_code`, or `UNREACHABLE`. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** The character of a filter that could not be read. */
    readonly position: number | null = null,
  ) {
    super(message);
  }

  get isMissing(): boolean {
    return this.status === 404;
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }

  /** The caller may see it, but not do that. */
  get isDenied(): boolean {
    return this.status === 403;
  }

  get isUnreachable(): boolean {
    return this.code === "UNREACHABLE" || this.status === 503;
  }
}

export interface RunfoldApi {
  /** Models, their versions, and what is decided about them. */
  readonly registry: RegistryApi;
  /** Projects, jobs, and where these run. */
  readonly work: WorkApi;
  /** Promotion requests and policies. */
  readonly rules: RulesApi;
  readonly webhooks: WebhooksApi;
  /** Who is signed in, and who may do what. */
  readonly accounts: AccountsApi;
  readonly audit: AuditApi;
  readonly keeping: KeepingApi;
  readonly workspaces: WorkspacesApi;

  listExperiments(lifecycle: Lifecycle): Promise<Experiment[]>;
  /** Deleted ones too. */
  getExperiment(id: string): Promise<Experiment>;
  createExperiment(name: string, description: string): Promise<string>;
  renameExperiment(id: string, name: string): Promise<void>;
  describeExperiment(id: string, text: string): Promise<void>;
  deleteExperiment(id: string): Promise<void>;
  restoreExperiment(id: string): Promise<void>;

  searchRuns(search: RunSearch, signal?: AbortSignal): Promise<Page<Run>>;
  /** All runs that fit, however many, by the values of fields. */
  groupRuns(search: GroupSearch, signal?: AbortSignal): Promise<Groups>;
  readTable(search: TableSearch, signal?: AbortSignal): Promise<RunTable>;
  /** With every key; deleted ones too. */
  getRun(id: string): Promise<Run>;
  renameRun(id: string, name: string): Promise<void>;
  setTag(runId: string, key: string, value: string): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;
  /** Fails where the run has another value. */
  logParam(runId: string, key: string, value: string): Promise<void>;
  deleteParam(runId: string, key: string): Promise<void>;
  /** The whole series, or its points beyond a step. */
  deleteMetric(runId: string, key: string, afterStep?: number): Promise<void>;
  deleteRuns(ids: string[]): Promise<void>;
  restoreRuns(ids: string[]): Promise<void>;
  moveRuns(ids: string[], experimentId: string): Promise<void>;

  /** Keys that contain the text, most telling first. */
  searchKeys(experimentIds: string[], kinds: KeyKind[], text: string, limit: number): Promise<KeyStats[]>;
  /** Values of a param or tag that contain the text, with their number of runs. */
  keyValues(experimentIds: string[], kind: KeyKind, key: string, text: string): Promise<[string, number][]>;
  /** Newest first. */
  listDatasets(experimentIds: string[]): Promise<UsedDataset[]>;
  sampleSeries(request: SeriesRequest, signal?: AbortSignal): Promise<Series[]>;
  /** Calls back when runs of these experiments change, until the returned function is called. */
  watchRuns(experimentIds: string[], onChange: (runs: RunInfo[]) => void): () => void;

  listViews(scope: string): Promise<SavedView[]>;
  saveView(view: { id?: string; scope: string; name: string; state: string }): Promise<SavedView>;
  deleteView(id: string): Promise<void>;

  listArtifacts(runId: string, path: string): Promise<ArtifactEntry[]>;
  /** An address a browser may load or download. */
  artifactUrl(runId: string, path: string): string;
  /** The first bytes of a file, as text. */
  readArtifact(runId: string, path: string, maxBytes: number): Promise<{ text: string; isWhole: boolean }>;
  /** Bytes `start` up to `stop` of the file at such an address, fewer at its end; and how long the file is. */
  readBytes(url: string, start: number, stop: number): Promise<{ bytes: ArrayBuffer; size: number }>;
  /** `sha256:` and 64 hex digits; the server reads the file for it, so ask for long files only when somebody wants to know. */
  digestArtifact(runId: string, path: string): Promise<string>;
  deleteArtifact(runId: string, path: string): Promise<void>;

  listTrash(cursor: string): Promise<Trash>;
  /** Removes from the trash for ever; a dry run only says what would go. */
  purge(what: PurgeWhat & { dryRun: boolean }): Promise<PurgeReport>;
  /** Of all experiments, or of the runs of one. */
  measureStorage(experimentId: string | null): Promise<StorageReport>;
  /** What the database takes up. */
  measureRecords(): Promise<RecordsSize>;
  serverInfo(): Promise<ServerInfo>;
}
