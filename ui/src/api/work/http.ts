/** Projects and jobs of a real server: its calls, and the way from the wire's messages to what pages talk about. */
import type { components } from "../schema";
import { RUNFOLD, address, post } from "../transport";
import type { WorkApi, WorkWatcher } from "./client";
import type { Agent, Job, JobFilter, JobSearch, Project, ProjectSettings, ProjectSpec, Target, TargetKind, Work } from "./model";

type Wire = components["schemas"];

function toWork(work: Wire["JobWork"]): Work {
  return {
    kind: work.kind ?? "project",
    project: work.project ?? "",
    uri: work.uri,
    version: work.version ?? "",
    entryPoint: work.entry_point ?? "main",
    parameters: work.parameters ?? {},
    without: work.without ?? [],
    credential: work.credential ?? "",
    origin: work.origin ?? "",
    experimentId: work.experiment_id ?? "0",
    runName: work.run_name ?? "",
    target: work.target ?? "",
    resources: { nCpus: work.resources?.n_cpus ?? 0, nGpus: work.resources?.n_gpus ?? 0, memoryGib: work.resources?.memory_gib ?? 0 },
    envManager: work.env_manager ?? "",
    queue: work.queue ?? "default",
    labels: work.labels ?? [],
    priority: work.priority ?? 0,
    nTries: work.n_tries ?? 1,
    timeoutS: work.timeout_s ?? 0,
    tags: work.tags ?? {},
    user: work.user_id ?? "",
  };
}

function fromWork(work: Work): Wire["JobWork"] {
  return {
    kind: work.kind,
    project: work.project,
    uri: work.uri,
    version: work.version,
    entry_point: work.entryPoint,
    parameters: work.parameters,
    without: work.without,
    credential: work.credential,
    origin: work.origin,
    experiment_id: work.experimentId,
    run_name: work.runName,
    target: work.target,
    resources: { n_cpus: work.resources.nCpus, n_gpus: work.resources.nGpus, memory_gib: work.resources.memoryGib },
    env_manager: work.envManager,
    queue: work.queue,
    labels: work.labels,
    priority: work.priority,
    n_tries: work.nTries,
    timeout_s: work.timeoutS,
    tags: work.tags,
    user_id: work.user,
  };
}

function toJob(job: Wire["JobMessage"]): Job {
  return {
    id: job.job_id,
    work: toWork(job.work),
    state: job.state,
    createdMs: job.creation_time_ms,
    attempt: job.attempt ?? 0,
    agent: job.agent ?? "",
    startMs: job.start_time_ms ?? null,
    endMs: job.end_time_ms ?? null,
    isCancelAsked: job.is_cancel_requested ?? false,
    exitCode: job.exit_code ?? null,
    reason: job.reason ?? "",
    runId: job.run_id ?? "",
  };
}

function toSpec(spec: Wire["ProjectSpec"]): ProjectSpec {
  const { environment, platform } = spec;
  return {
    name: spec.name ?? "",
    environment: { kind: environment?.kind ?? "current", path: environment?.path ?? "", image: environment?.image ?? "" },
    entryPoints: (spec.entry_points ?? []).map((entry) => ({
      name: entry.name,
      command: entry.command,
      help: entry.help ?? "",
      parameters: (entry.parameters ?? []).map((parameter) => ({
        name: parameter.name,
        type: parameter.type ?? "string",
        default: parameter.default ?? null,
        environment: parameter.environment ?? "",
        help: parameter.help ?? "",
        choices: parameter.choices ?? [],
        minimum: parameter.minimum ?? null,
        maximum: parameter.maximum ?? null,
        isSecret: parameter.is_secret ?? false,
      })),
    })),
    platform: { targets: platform?.targets ?? [], labels: platform?.labels ?? [], nGpus: platform?.n_gpus ?? 0 },
    hasFile: spec.has_file ?? false,
  };
}

function toProject({ settings, reading, ...project }: Wire["ProjectMessage"]): Project {
  return {
    settings: {
      name: settings.name,
      uri: settings.uri,
      version: settings.version ?? "",
      folder: settings.folder ?? "",
      description: settings.description ?? "",
      credential: settings.credential ?? "",
      targets: settings.targets ?? [],
      queue: settings.queue ?? "default",
      experimentId: settings.experiment_id ?? "0",
    },
    spec: reading.spec ? toSpec(reading.spec) : null,
    commit: reading.commit ?? "",
    problem: reading.problem ?? "",
    readMs: project.read_time_ms ?? null,
    createdMs: project.creation_time_ms,
    user: project.user_id ?? "",
    nJobs: project.n_jobs ?? 0,
    lastJob: project.last_job ? toJob(project.last_job) : null,
  };
}

function fromSettings({ experimentId, ...same }: ProjectSettings): Wire["ProjectSettingsMessage"] {
  return { ...same, experiment_id: experimentId };
}

function toTarget(target: Wire["TargetMessage"]): Target {
  const { kind } = target;
  return {
    name: target.name,
    kind,
    description: target.description ?? "",
    labels: target.labels ?? [],
    nGpus: target.n_gpus ?? 0,
    memoryGib: target.memory_gib ?? 0,
    queue: target.queue ?? "",
    trackingUri: target.tracking_uri ?? "",
    settings: kind === "local" ? {} : { ...(target[kind] as object) },
    updatedMs: target.last_update_time_ms ?? 0,
  };
}

function fromTarget(target: Target): object {
  const kind: TargetKind = target.kind;
  return {
    name: target.name,
    kind,
    description: target.description,
    labels: target.labels,
    n_gpus: target.nGpus,
    memory_gib: target.memoryGib,
    queue: target.queue,
    tracking_uri: target.trackingUri,
    ...(kind === "local" ? {} : { [kind]: target.settings }),
  };
}

function fromFilter({ states, project, queue, target, user, grid, text }: JobFilter): Wire["CountJobs"] {
  return { states: [...states], project, queue, target, user_id: user, grid, text };
}

function toAgent(agent: Wire["AgentMessage"]): Agent {
  return {
    name: agent.name,
    host: agent.host ?? "",
    queues: agent.queues ?? ["default"],
    labels: agent.labels ?? [],
    nSlots: agent.n_slots ?? 1,
    version: agent.version ?? "",
    seenMs: agent.seen_ms ?? 0,
    nHeld: agent.n_held ?? 0,
    isThere: agent.is_there ?? false,
  };
}

export class HttpWork implements WorkApi {
  private events: EventSource | null = null;
  private readonly watchers = new Set<WorkWatcher>();

  async listProjects() {
    return ((await post<Wire["ProjectsReply"]>(`${RUNFOLD}projects/list`, {})).projects ?? []).map(toProject);
  }
  async getProject(name: string) {
    return toProject((await post<Wire["ProjectReply"]>(`${RUNFOLD}projects/get`, { name })).project);
  }
  async createProject(settings: ProjectSettings) {
    return toProject((await post<Wire["ProjectReply"]>(`${RUNFOLD}projects/create`, { settings: fromSettings(settings) })).project);
  }
  async updateProject(settings: ProjectSettings) {
    return toProject((await post<Wire["ProjectReply"]>(`${RUNFOLD}projects/update`, { settings: fromSettings(settings) })).project);
  }
  async renameProject(name: string, newName: string) {
    return toProject((await post<Wire["ProjectReply"]>(`${RUNFOLD}projects/rename`, { name, new_name: newName })).project);
  }
  async deleteProject(name: string) {
    await post(`${RUNFOLD}projects/delete`, { name });
  }

  async listJobs({ limit, cursor, ...filter }: JobSearch, signal?: AbortSignal) {
    const body: Wire["ListJobs"] = { ...fromFilter(filter), is_folded: filter.isFolded, max_results: limit, page_token: cursor };
    const reply = await post<Wire["JobsReply"]>(`${RUNFOLD}jobs/list`, body, signal);
    return { items: (reply.jobs ?? []).map(toJob), nextCursor: reply.next_page_token ?? "" };
  }
  async countJobs(filter: JobFilter, signal?: AbortSignal) {
    const reply = await post<Wire["JobCountsReply"]>(`${RUNFOLD}jobs/count`, fromFilter(filter), signal);
    return { states: reply.states ?? {}, queues: reply.queues ?? [], targets: reply.targets ?? [], users: reply.users ?? [] };
  }
  async jobGrids(grids: readonly string[]) {
    const reply = await post<Wire["JobGridsReply"]>(`${RUNFOLD}jobs/grids`, { grids });
    return Object.fromEntries((reply.grids ?? []).map(({ grid, states }) => [grid, states ?? {}]));
  }
  getJob(id: string) {
    return this.job("jobs/get", id);
  }
  async jobSteps(id: string) {
    const reply = await post<Wire["JobStepsReply"]>(`${RUNFOLD}jobs/steps`, { job_id: id });
    return (reply.steps ?? []).map((step) => ({
      timeMs: step.time_ms,
      attempt: step.attempt,
      state: step.state,
      agent: step.agent ?? "",
      exitCode: step.exit_code ?? null,
      reason: step.reason ?? "",
    }));
  }
  async submitJobs(works: Work[]) {
    return ((await post<Wire["JobsReply"]>(`${RUNFOLD}jobs/submit-many`, { works: works.map(fromWork) })).jobs ?? []).map(toJob);
  }
  cancelJob(id: string) {
    return this.job("jobs/cancel", id);
  }
  retryJob(id: string) {
    return this.job("jobs/retry", id);
  }
  private async job(call: string, id: string) {
    return toJob((await post<Wire["JobReply"]>(`${RUNFOLD}${call}`, { job_id: id })).job);
  }
  async readLog(id: string, attempt: number | null, start: number, maxBytes: number, signal?: AbortSignal) {
    const body: Wire["ReadJobLog"] = { job_id: id, start, max_bytes: maxBytes, ...(attempt === null ? {} : { attempt }) };
    const reply = await post<Wire["JobLogReply"]>(`${RUNFOLD}jobs/read-log`, body, signal);
    const content = Uint8Array.from(atob(reply.content), (sign) => sign.charCodeAt(0));
    return { attempt: reply.attempt, start: reply.start, content, size: reply.size, isWhole: reply.is_whole };
  }
  async searchLog(id: string, attempt: number | null, text: string, limit: number, signal?: AbortSignal) {
    const body: Wire["SearchJobLog"] = { job_id: id, text, max_results: limit, ...(attempt === null ? {} : { attempt }) };
    const reply = await post<Wire["LogMatchesReply"]>(`${RUNFOLD}jobs/search-log`, body, signal);
    return { matches: reply.matches ?? [], isComplete: reply.is_complete };
  }

  /** One stream for all who watch: browsers open few connections to a server. */
  watchWork(watcher: WorkWatcher) {
    this.watchers.add(watcher);
    this.events ??= this.follow();
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size) return;
      this.events?.close();
      this.events = null;
    };
  }
  private follow(): EventSource {
    const events = new EventSource(address(`${RUNFOLD}jobs/events`, {}));
    events.addEventListener("open", () => {
      for (const watcher of this.watchers) watcher.onBegin?.();
    });
    events.addEventListener("changes", ({ data }: MessageEvent<string>) => {
      const jobs = ((JSON.parse(data) as Wire["JobChangesReply"]).jobs ?? []).map(toJob);
      if (jobs.length) for (const watcher of this.watchers) watcher.onJobs?.(jobs);
    });
    events.addEventListener("agents", ({ data }: MessageEvent<string>) => {
      const agents = ((JSON.parse(data) as Wire["AgentsReply"]).agents ?? []).map(toAgent);
      for (const watcher of this.watchers) watcher.onAgents?.(agents);
    });
    return events;
  }
  async listAgents() {
    return ((await post<Wire["AgentsReply"]>(`${RUNFOLD}agents/list`, {})).agents ?? []).map(toAgent);
  }

  async listTargets() {
    return ((await post<Wire["TargetsReply"]>(`${RUNFOLD}targets/list`, {})).targets ?? []).map(toTarget);
  }
  async saveTarget(target: Target, isNew: boolean) {
    await post(`${RUNFOLD}targets/${isNew ? "create" : "update"}`, { target: fromTarget(target) });
  }
  async deleteTarget(name: string) {
    await post(`${RUNFOLD}targets/delete`, { name });
  }
  async testTarget(name: string, queue: string) {
    return toJob((await post<Wire["JobReply"]>(`${RUNFOLD}targets/test`, { name, queue })).job);
  }

  async listSecrets() {
    return ((await post<Wire["SecretsReply"]>(`${RUNFOLD}secrets/list`, {})).secrets ?? []).map((secret) => ({
      name: secret.name,
      description: secret.description ?? "",
      reference: secret.reference ?? "",
      updatedMs: secret.last_update_time_ms ?? 0,
    }));
  }
  async setSecret(secret: { name: string; value: string; reference: string; description: string }) {
    await post(`${RUNFOLD}secrets/set`, secret);
  }
  async deleteSecret(name: string) {
    await post(`${RUNFOLD}secrets/delete`, { name });
  }
}
