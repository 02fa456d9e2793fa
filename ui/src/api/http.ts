/** The real server: its calls, and the way from the wire's messages to what pages talk about. */
import type { RunfoldApi } from "./client";
import type {
  Experiment,
  GroupSearch,
  KeyKind,
  Lifecycle,
  MetricSummary,
  PurgeWhat,
  Run,
  RunInfo,
  RunSearch,
  SavedView,
  Series,
  SeriesRequest,
  Spread,
  TableSearch,
} from "./model";
import { DEFAULT_WORKSPACE } from "../lib/workspaces";
import type { components } from "./schema";
import { HttpRegistry } from "./registry/http";
import { HttpWork } from "./work/http";
import { HttpRules } from "./registry/rulesHttp";
import { follow } from "./live";
import { HttpAccounts } from "./accounts/http";
import { HttpAudit } from "./audit/http";
import { HttpKeeping } from "./keeping/http";
import { HttpWorkspaces } from "./workspaces/http";
import { HttpWebhooks } from "./registry/webhooksHttp";
import { MLFLOW, RUNFOLD, WORKSPACE_QUERY, address, get, maybeNumber, number, post, readRange, readStart } from "./transport";

type Wire = components["schemas"];
const NOTE_TAG = "mlflow.note.content";
/** MLflow's limit on this call. */
const MOST_DATASET_EXPERIMENTS = 20;

const VIEW_TYPES: Record<Lifecycle, Wire["ViewTypeName"]> = { active: "ACTIVE_ONLY", deleted: "DELETED_ONLY", all: "ALL" };

function toExperiment(message: Wire["ExperimentMessage"], summary?: Wire["ExperimentSummaryMessage"]): Experiment {
  return {
    id: message.experiment_id,
    name: message.name,
    description: message.tags?.find((tag) => tag.key === NOTE_TAG)?.value ?? "",
    artifactLocation: message.artifact_location,
    workspace: message.workspace ?? DEFAULT_WORKSPACE,
    isDeleted: message.lifecycle_stage === "deleted",
    createdMs: message.creation_time,
    updatedMs: message.last_update_time,
    nRuns: summary?.n_runs ?? 0,
    nRunning: summary?.n_running ?? 0,
    lastRunMs: summary?.last_run_ms ?? null,
    runsPerDay: summary?.runs_per_day ?? [],
  };
}

function toInfo(info: Wire["RunRecordInfo"]): RunInfo {
  return {
    id: info.run_id,
    experimentId: info.experiment_id,
    name: info.run_name,
    state: info.is_lost ? "LOST" : info.status,
    startMs: info.start_time_ms,
    endMs: info.end_time_ms ?? null,
    user: info.user_id ?? "",
    parentId: info.parent_run_id ?? null,
    isDeleted: info.lifecycle_stage === "deleted",
    deletedMs: info.deleted_time_ms ?? null,
    artifactUri: info.artifact_uri,
  };
}

function toRun(record: Wire["RunRecord"]): Run {
  return {
    ...toInfo(record.info),
    metrics: Object.fromEntries(Object.entries(record.metrics).map(([key, metric]) => [key, toSummary(metric)])),
    params: record.params,
    tags: record.tags,
    datasets: record.datasets.map((use) => ({
      name: use.dataset.name,
      digest: use.dataset.digest,
      sourceType: use.dataset.source_type,
      source: use.dataset.source,
      schema: use.dataset.schema ?? "",
      profile: use.dataset.profile ?? "",
      context: use.tags?.["mlflow.data.context"] ?? "",
      isOutput: use.is_output ?? false,
    })),
  };
}

function toSummary(metric: Wire["MetricRecord"]): MetricSummary {
  return {
    last: number(metric.last),
    min: number(metric.min),
    max: number(metric.max),
    step: metric.step,
    timestampMs: metric.timestamp_ms,
    count: metric.count,
  };
}

function toSpread(message: Wire["SpreadMessage"]): Spread {
  const { n, mean, sd, min, q1, median, q3, max } = message;
  return {
    n,
    mean: maybeNumber(mean),
    sd: maybeNumber(sd),
    min: maybeNumber(min),
    q1: maybeNumber(q1),
    median: maybeNumber(median),
    q3: maybeNumber(q3),
    max: maybeNumber(max),
  };
}

function toSeries(message: Wire["SampledSeriesMessage"]): Series {
  const { buckets } = message;
  return {
    runId: message.run_id,
    key: message.key,
    nPoints: message.n_points,
    x: buckets.map((bucket) => bucket[0]),
    other: message.other ?? [],
    nNan: buckets.map((bucket) => bucket[3]),
    min: buckets.map((bucket) => maybeNumber(bucket[4])),
    max: buckets.map((bucket) => maybeNumber(bucket[5])),
    mean: buckets.map((bucket) => maybeNumber(bucket[6])),
    last: buckets.map((bucket) => maybeNumber(bucket[7])),
  };
}

function toView(view: Wire["SavedViewMessage"]): SavedView {
  return { id: view.view_id, scope: view.scope, name: view.name, state: view.state, updatedMs: view.last_update_time_ms };
}

export class HttpApi implements RunfoldApi {
  readonly registry = new HttpRegistry();
  readonly work = new HttpWork();
  readonly rules = new HttpRules();
  readonly webhooks = new HttpWebhooks();
  readonly accounts = new HttpAccounts();
  readonly audit = new HttpAudit();
  readonly keeping = new HttpKeeping();
  readonly workspaces = new HttpWorkspaces();

  async listExperiments(lifecycle: Lifecycle) {
    const reply = await post<Wire["ListExperimentsReply"]>(`${RUNFOLD}experiments/list`, { view_type: VIEW_TYPES[lifecycle] });
    return reply.experiments.map((summary) => toExperiment(summary.experiment, summary));
  }
  async getExperiment(id: string) {
    const reply = await get<Wire["ExperimentReply"]>(`${MLFLOW}experiments/get`, { experiment_id: id });
    return toExperiment(reply.experiment);
  }
  async createExperiment(name: string, description: string) {
    const tags = description ? [{ key: NOTE_TAG, value: description }] : [];
    const reply = await post<Wire["CreateExperimentReply"]>(`${MLFLOW}experiments/create`, { name, tags });
    return reply.experiment_id;
  }
  async renameExperiment(id: string, name: string) {
    await post(`${MLFLOW}experiments/update`, { experiment_id: id, new_name: name });
  }
  async describeExperiment(id: string, text: string) {
    await post(`${MLFLOW}experiments/set-experiment-tag`, { experiment_id: id, key: NOTE_TAG, value: text });
  }
  async deleteExperiment(id: string) {
    await post(`${MLFLOW}experiments/delete`, { experiment_id: id });
  }
  async restoreExperiment(id: string) {
    await post(`${MLFLOW}experiments/restore`, { experiment_id: id });
  }

  async searchRuns(search: RunSearch, signal?: AbortSignal) {
    const body: Wire["SearchRunRecords"] = {
      experiment_ids: search.experimentIds,
      filter: search.filter,
      order_by: search.orderBy,
      view_type: VIEW_TYPES[search.lifecycle],
      max_results: search.limit,
      page_token: search.cursor,
      columns: { ...search.keys, datasets: search.keys.datasets ?? false },
    };
    const reply = await post<Wire["SearchRunRecordsReply"]>(`${RUNFOLD}runs/search`, body, signal);
    return { items: reply.runs.map(toRun), nextCursor: reply.next_page_token ?? "" };
  }
  async groupRuns(search: GroupSearch, signal?: AbortSignal) {
    const body: Wire["GroupRuns"] = {
      experiment_ids: search.experimentIds,
      filter: search.filter,
      by: search.by,
      is_all_but: search.isAllBut,
      metrics: search.metrics,
      order_by: search.orderBy,
      max_results: search.limit,
      max_run_ids: search.runIds,
    };
    const reply = await post<Wire["GroupRunsReply"]>(`${RUNFOLD}runs/group`, body, signal);
    return {
      by: reply.by,
      nGroups: reply.n_groups,
      nRuns: reply.n_runs,
      groups: reply.groups.map((group) => ({ values: group.values, nRuns: group.n_runs, metrics: group.metrics.map(toSpread), runIds: group.run_ids ?? [] })),
    };
  }
  async readTable(search: TableSearch, signal?: AbortSignal) {
    const body: Wire["ReadRunTable"] = { experiment_ids: search.experimentIds, filter: search.filter, fields: search.fields, max_runs: search.mostRuns };
    const reply = await post<Wire["ReadRunTableReply"]>(`${RUNFOLD}runs/table`, body, signal);
    const columns = Object.fromEntries(reply.columns.map(({ field, values }) => [field, /^metrics\b/.test(field) ? values.map((v) => (v === null ? null : Number(v))) : values]));
    return { runIds: reply.run_ids, names: reply.run_names, columns, nRuns: reply.n_runs };
  }
  async getRun(id: string) {
    return toRun((await post<Wire["RunRecordReply"]>(`${RUNFOLD}runs/get`, { run_id: id })).run);
  }
  async renameRun(id: string, name: string) {
    await post(`${RUNFOLD}runs/update`, { run_id: id, run_name: name });
  }
  async setTag(runId: string, key: string, value: string) {
    await post(`${MLFLOW}runs/set-tag`, { run_id: runId, key, value });
  }
  async deleteTag(runId: string, key: string) {
    await post(`${MLFLOW}runs/delete-tag`, { run_id: runId, key });
  }
  async logParam(runId: string, key: string, value: string) {
    await post(`${MLFLOW}runs/log-parameter`, { run_id: runId, key, value });
  }
  async deleteParam(runId: string, key: string) {
    await post(`${RUNFOLD}runs/delete-param`, { run_id: runId, key });
  }
  async deleteMetric(runId: string, key: string, afterStep?: number) {
    await post(`${RUNFOLD}runs/delete-metric`, { run_id: runId, key, after_step: afterStep ?? null });
  }
  async deleteRuns(ids: string[]) {
    await post(`${RUNFOLD}runs/delete`, { run_ids: ids });
  }
  async restoreRuns(ids: string[]) {
    await post(`${RUNFOLD}runs/restore`, { run_ids: ids });
  }
  async moveRuns(ids: string[], experimentId: string) {
    await post(`${RUNFOLD}runs/move`, { run_ids: ids, experiment_id: experimentId });
  }

  async searchKeys(experimentIds: string[], kinds: KeyKind[], text: string, limit: number) {
    const body: Wire["SearchKeys"] = { experiment_ids: experimentIds, kinds, text, max_results: limit };
    const reply = await post<Wire["SearchKeysReply"]>(`${RUNFOLD}keys/search`, body);
    return reply.keys.map((stats) => ({
      kind: stats.kind,
      key: stats.key,
      nRuns: stats.n_runs,
      nDistinct: stats.n_distinct,
      variation: stats.variation,
      min: maybeNumber(stats.min),
      max: maybeNumber(stats.max),
      examples: stats.examples ?? [],
    }));
  }
  async keyValues(experimentIds: string[], kind: KeyKind, key: string, text: string) {
    const body: Wire["SearchKeyValues"] = { experiment_ids: experimentIds, kind, key, text };
    const reply = await post<Wire["SearchKeyValuesReply"]>(`${RUNFOLD}keys/values`, body);
    return reply.values.map(({ value, n_runs }): [string, number] => [value, n_runs]);
  }
  async listDatasets(experimentIds: string[]) {
    const body: Wire["SearchDatasets"] = { experiment_ids: experimentIds.slice(0, MOST_DATASET_EXPERIMENTS) };
    const reply = await post<Wire["SearchDatasetsReply"]>(`${MLFLOW}experiments/search-datasets`, body);
    return (reply.dataset_summaries ?? []).map(({ name, digest, context }) => ({ name, digest, context: context ?? "" }));
  }
  async sampleSeries(request: SeriesRequest, signal?: AbortSignal) {
    const body: Wire["SampleSeries"] = {
      run_ids: request.runIds,
      keys: request.keys,
      axis: request.axis,
      n_buckets: request.buckets,
      start: request.start === null ? null : Math.floor(request.start),
      end: request.end === null ? null : Math.ceil(request.end),
    };
    return (await post<Wire["SampleSeriesReply"]>(`${RUNFOLD}series/sample`, body, signal)).series.map(toSeries);
  }
  watchRuns(experimentIds: string[], onChange: (runs: RunInfo[]) => void) {
    const address = (cursor: string | null) => {
      const query = new URLSearchParams([...experimentIds.map((id) => ["experiment_ids", id]), ...(cursor === null ? [] : [["after", cursor]]), ...Object.entries(WORKSPACE_QUERY)]);
      return new URL(`${RUNFOLD}runs/events?${query}`, document.baseURI);
    };
    return follow(address, (data) => {
      const changes = JSON.parse(data) as Wire["ReadChangesReply"];
      if (changes.runs.length) onChange(changes.runs.map(({ info }) => toInfo(info)));
    });
  }

  async listViews(scope: string) {
    return (await post<Wire["ListViewsReply"]>(`${RUNFOLD}views/list`, { scope })).views.map(toView);
  }
  async saveView({ id, ...view }: { id?: string; scope: string; name: string; state: string }) {
    return toView((await post<Wire["ViewReply"]>(`${RUNFOLD}views/save`, { ...view, view_id: id ?? null })).view);
  }
  async deleteView(id: string) {
    await post(`${RUNFOLD}views/delete`, { view_id: id });
  }

  async listArtifacts(runId: string, path: string) {
    const reply = await get<Wire["ListArtifactsReply"]>(`${MLFLOW}artifacts/list`, { run_id: runId, ...(path ? { path } : {}) });
    return (reply.files ?? []).map((file) => ({ path: file.path, isDir: file.is_dir, size: file.file_size ?? null }));
  }
  artifactUrl(runId: string, path: string) {
    return address("get-artifact", { run_id: runId, path });
  }
  readArtifact(runId: string, path: string, maxBytes: number) {
    return readStart(this.artifactUrl(runId, path), maxBytes);
  }
  readBytes(url: string, start: number, stop: number) {
    return readRange(url, start, stop);
  }
  async digestArtifact(runId: string, path: string) {
    return (await post<Wire["DigestArtifactReply"]>(`${RUNFOLD}artifacts/digest`, { run_id: runId, path })).digest;
  }
  async deleteArtifact(runId: string, path: string) {
    await post(`${RUNFOLD}artifacts/delete`, { run_id: runId, path });
  }

  async listTrash(cursor: string) {
    const reply = await post<Wire["ListTrashReply"]>(`${RUNFOLD}trash/list`, { page_token: cursor });
    return {
      experiments: reply.experiments.map((e) => ({ id: e.experiment_id, name: e.name, deletedMs: e.last_update_time || null })),
      runs: reply.runs.map(toInfo),
      nextCursor: reply.next_page_token ?? "",
    };
  }
  async purge(what: PurgeWhat & { dryRun: boolean }) {
    const body: Wire["Purge"] = {
      run_ids: what.runIds ?? [],
      experiment_ids: what.experimentIds ?? [],
      older_than_ms: what.olderThanMs ?? null,
      dry_run: what.dryRun,
    };
    const reply = await post<Wire["PurgeReply"]>(`${RUNFOLD}purge`, body);
    return {
      nExperiments: reply.n_experiments,
      nRuns: reply.n_runs,
      nPoints: reply.n_points,
      nFiles: reply.n_files,
      nBytes: reply.n_bytes,
      unreachable: reply.unreachable,
    };
  }
  async measureStorage(experimentId: string | null) {
    const reply = await post<Wire["MeasureStorageReply"]>(`${RUNFOLD}storage`, { experiment_id: experimentId ?? "" });
    return {
      uses: reply.uses.map((use) => ({
        experimentId: use.experiment_id,
        runId: use.run_id ?? null,
        name: use.name,
        nFiles: use.n_files,
        nBytes: use.n_bytes,
      })),
      nBytes: reply.n_bytes,
      isComplete: reply.is_complete,
    };
  }
  async measureRecords() {
    const reply = await post<Wire["MeasureRecordsReply"]>(`${RUNFOLD}storage/records`, {});
    return { nBytes: reply.n_bytes, nFreeBytes: reply.n_free_bytes };
  }
  async serverInfo() {
    const reply = await get<Wire["ServerInfo"]>(`${RUNFOLD}server/info`);
    return { version: reply.version, mlflowVersion: reply.mlflow_version, artifactRoot: reply.artifact_root };
  }
}
