/** The registry of a real server: its calls, and the way from the wire's messages to what pages talk about. */
import type { ArtifactEntry } from "../model";
import type { components } from "../schema";
import { MLFLOW, RUNFOLD, address, call, get, number, post, readStart } from "../transport";
import type { RegistryApi } from "./client";
import type { CardTexts, LoggedModel, ModelFiles, ModelSearch, ModelVersion, NewVersion, RegisteredModel, Stage } from "./model";

type Wire = components["schemas"];

function toFiles({ size_bytes, n_files, digest }: Wire["ModelFilesMessage"]): ModelFiles {
  return { nBytes: size_bytes, nFiles: n_files, digest: digest ?? "" };
}

const VERSION_STATUSES = { READY: "ready", PENDING_REGISTRATION: "pending", FAILED_REGISTRATION: "failed" } as const;

function toVersion(record: Wire["ModelVersionRecord"]): ModelVersion {
  const { card, files } = record;
  return {
    name: record.name,
    version: record.version,
    status: VERSION_STATUSES[record.status ?? "READY"],
    statusMessage: record.status_message ?? "",
    createdMs: record.creation_time_ms,
    updatedMs: record.last_update_time_ms,
    stage: record.stage as Stage,
    description: record.description ?? "",
    user: record.user_id ?? "",
    source: record.source,
    runId: record.run_id ?? "",
    modelId: record.model_id ?? "",
    tags: record.tags ?? {},
    aliases: record.aliases ?? [],
    card: {
      algorithm: card.algorithm ?? "",
      framework: card.framework ?? "",
      frameworkVersion: card.framework_version ?? "",
      task: card.task ?? "",
      targetPlatform: card.target_platform ?? "",
      owner: card.owner ?? "",
      licence: card.licence ?? "",
      flavours: card.flavours ?? [],
      serialisation: card.serialisation ?? "",
      signature: card.signature ?? "",
      metrics: (card.metrics ?? []).map(({ key, value, step }) => ({ key, value: number(value), step: step ?? 0 })),
      params: card.params ?? {},
      datasets: (card.datasets ?? []).map(({ name, digest, context }) => ({ name, digest, context: context ?? "" })),
    },
    files: files ? toFiles(files) : null,
  };
}

function toModel(record: Wire["RegisteredModelRecord"]): RegisteredModel {
  return {
    name: record.name,
    createdMs: record.creation_time_ms,
    updatedMs: record.last_update_time_ms,
    description: record.description ?? "",
    user: record.user_id ?? "",
    tags: record.tags ?? {},
    aliases: record.aliases ?? {},
    nVersions: record.n_versions,
    newest: record.newest ? toVersion(record.newest) : null,
  };
}

const STATUSES: Record<string, LoggedModel["status"]> = {
  LOGGED_MODEL_PENDING: "PENDING",
  LOGGED_MODEL_READY: "READY",
  LOGGED_MODEL_UPLOAD_FAILED: "UPLOAD_FAILED",
};

function toLogged({ info }: Wire["LoggedModelMessage"]): LoggedModel {
  return {
    id: info.model_id,
    name: info.name,
    type: info.model_type ?? "",
    status: STATUSES[info.status] ?? "PENDING",
    createdMs: info.creation_timestamp_ms,
    runId: info.source_run_id ?? "",
    registrations: (info.registrations ?? []).map(({ name, version }) => ({ name, version: Number(version) })),
  };
}

function toSearch({ filter, orderBy, limit, cursor }: ModelSearch): Wire["SearchModelRecords"] {
  return { filter, order_by: orderBy, max_results: limit, page_token: cursor };
}

export class HttpRegistry implements RegistryApi {
  async searchModels(search: ModelSearch, signal?: AbortSignal) {
    const reply = await post<Wire["SearchModelRecordsReply"]>(`${RUNFOLD}models/search`, toSearch(search), signal);
    return { items: reply.models.map(toModel), nextCursor: reply.next_page_token ?? "" };
  }
  async getModel(name: string) {
    return toModel((await post<Wire["ModelRecordReply"]>(`${RUNFOLD}models/get`, { name })).model);
  }
  async createModel(name: string, description: string) {
    await post(`${RUNFOLD}models/create`, { name, description });
  }
  async renameModel(name: string, newName: string) {
    await post(`${MLFLOW}registered-models/rename`, { name, new_name: newName });
  }
  async describeModel(name: string, description: string) {
    await call("PATCH", `${MLFLOW}registered-models/update`, { name, description });
  }
  async deleteModel(name: string) {
    await call("DELETE", `${MLFLOW}registered-models/delete`, { name });
  }
  async setModelTag(name: string, key: string, value: string) {
    await post(`${MLFLOW}registered-models/set-tag`, { name, key, value });
  }
  async deleteModelTag(name: string, key: string) {
    await call("DELETE", `${MLFLOW}registered-models/delete-tag`, { name, key });
  }

  async searchVersions(search: ModelSearch, signal?: AbortSignal) {
    const reply = await post<Wire["VersionRecordsReply"]>(`${RUNFOLD}model-versions/search`, toSearch(search), signal);
    return { items: reply.versions.map(toVersion), nextCursor: reply.next_page_token ?? "" };
  }
  async getVersion(name: string, version: number) {
    return toVersion((await post<Wire["VersionRecordReply"]>(`${RUNFOLD}model-versions/get`, { name, version })).version);
  }
  async createVersion({ name, source, runId, modelId, description, tags }: NewVersion) {
    const body: Wire["RegisterModelVersion"] = { name, source, run_id: runId, model_id: modelId, description, tags };
    return toVersion((await post<Wire["VersionRecordReply"]>(`${RUNFOLD}model-versions/register`, body)).version);
  }
  async describeVersion(name: string, version: number, description: string) {
    await call("PATCH", `${MLFLOW}model-versions/update`, { name, version: String(version), description });
  }
  async deleteVersion(name: string, version: number) {
    await call("DELETE", `${MLFLOW}model-versions/delete`, { name, version: String(version) });
  }
  async setVersionTag(name: string, version: number, key: string, value: string) {
    await post(`${MLFLOW}model-versions/set-tag`, { name, version: String(version), key, value });
  }
  async deleteVersionTag(name: string, version: number, key: string) {
    await call("DELETE", `${MLFLOW}model-versions/delete-tag`, { name, version: String(version), key });
  }
  async editCard(name: string, version: number, { frameworkVersion, targetPlatform, ...same }: Partial<CardTexts>) {
    const body: Wire["UpdateModelCard"] = {
      name,
      version,
      ...same,
      ...(frameworkVersion === undefined ? {} : { framework_version: frameworkVersion }),
      ...(targetPlatform === undefined ? {} : { target_platform: targetPlatform }),
    };
    await post(`${RUNFOLD}model-versions/update-card`, body);
  }
  async setStage(name: string, version: number, stage: Stage, archiveOthers: boolean) {
    await post(`${MLFLOW}model-versions/transition-stage`, { name, version: String(version), stage, archive_existing_versions: archiveOthers });
  }

  async setAlias(name: string, alias: string, version: number, reason: string) {
    const body: Wire["MoveAlias"] = { name, alias, version, reason };
    await post(`${RUNFOLD}model-aliases/set`, body);
  }
  async deleteAlias(name: string, alias: string, reason: string) {
    await post(`${RUNFOLD}model-aliases/delete`, { name, alias, reason });
  }
  async listAliasMoves(name: string) {
    const reply = await post<Wire["AliasHistoryReply"]>(`${RUNFOLD}model-aliases/history`, { name });
    return reply.moves.map((move) => ({
      alias: move.alias,
      version: move.version ?? null,
      timeMs: move.time_ms,
      user: move.user_id ?? "",
      reason: move.reason ?? "",
    }));
  }

  async listVersionFiles(name: string, version: number, path: string): Promise<ArtifactEntry[]> {
    const reply = await post<Wire["ListVersionFilesReply"]>(`${RUNFOLD}model-versions/files`, { name, version, path });
    return reply.files.map((file) => ({ path: file.path, isDir: file.is_dir, size: file.file_size ?? null }));
  }
  versionFileUrl(name: string, version: number, path: string) {
    return address("model-versions/get-artifact", { name, version: String(version), path });
  }
  readVersionFile(name: string, version: number, path: string, maxBytes: number) {
    return readStart(this.versionFileUrl(name, version, path), maxBytes);
  }

  async verifyVersion(name: string, version: number) {
    const reply = await post<Wire["VerifyReply"]>(`${RUNFOLD}model-versions/verify`, { name, version });
    const files = (reply.files ?? []).map(({ path, state, registered, found }) => ({ path, state, bytesThen: registered?.size_bytes ?? null, bytesNow: found?.size_bytes ?? null }));
    return { isUnchanged: reply.is_unchanged, registered: toFiles(reply.registered), found: toFiles(reply.found), files };
  }

  async listLoggedModels(experimentId: string, runId: string) {
    const body: Wire["SearchLoggedModels"] = { experiment_ids: [experimentId], filter: `source_run_id = '${runId}'` };
    const reply = await post<Wire["SearchLoggedModelsReply"]>(`${MLFLOW}logged-models/search`, body);
    return (reply.models ?? []).map(toLogged);
  }

  async listScorers() {
    return (await get<Wire["ScoringServersReply"]>(`${RUNFOLD}scoring/servers`)).servers;
  }
  async score(server: string, body: string, signal?: AbortSignal) {
    const reply = await post<Wire["ScoreReply"]>(`${RUNFOLD}scoring/score`, { server, body }, signal);
    return { status: reply.status, text: reply.text, ms: reply.seconds * 1000, model: reply.model ?? "" };
  }
}
