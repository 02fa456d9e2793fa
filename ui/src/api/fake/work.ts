/** Projects and jobs made up in memory. Nothing runs here: a queued job stays queued until it is cancelled. */
import { ApiError } from "../client";
import type { WorkApi } from "../work/client";
import { ACTIVE, type Agent, GRID_TAG, JOB_STATES, type Job, type JobFilter, type JobSearch, type JobState, NEW_WORK, type Parameter, type Project, type ProjectSettings, type Secret, type StateCounts, type Target, type Work, gridNameOf } from "../work/model";
import { mix } from "./random";

type Answer = <T>(make: () => T) => Promise<T>;

function statesOf(jobs: readonly Job[]): StateCounts {
  const counts: StateCounts = {};
  for (const { state } of jobs) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

const MINUTE = 60_000;
const N_JOBS = 400;
const ALPHA: Parameter = { name: "alpha", type: "float", default: "0.5", environment: "", help: "strength of the penalty", choices: [], minimum: 0, maximum: null, isSecret: false };
const PARAMETERS: Parameter[] = [
  ALPHA,
  { ...ALPHA, name: "l1_ratio", help: "0: ridge, 1: lasso", maximum: 1 },
  { ...ALPHA, name: "solver", type: "string", default: "cyclic", help: "order of the updates", choices: ["cyclic", "random"], minimum: null },
  { ...ALPHA, name: "data", type: "path", default: null, help: "a CSV file", minimum: null },
  { ...ALPHA, name: "api_key", type: "string", default: null, environment: "WINE_KEY", help: "of the data's owner", minimum: null, isSecret: true },
];

export class FakeWork implements WorkApi {
  private projects: Project[];
  private jobs: Job[];
  private targets: Target[];
  private secrets: Secret[] = [];

  constructor(
    private readonly answer: Answer,
    private readonly now: () => number,
    runs: readonly string[],
    isEmpty: boolean,
  ) {
    const names = isEmpty ? [] : ["wine quality", "churn", "segmentation/<img src=x onerror=alert(1)>"];
    this.projects = names.map((name, at) => project({ ...NEW_SETTINGS, name, uri: `https://host/team/models-${at}.git`, version: "main" }, now()));
    this.jobs = isEmpty ? [] : Array.from({ length: N_JOBS }, (_, at) => job(at, names, runs, now()));
    this.targets = isEmpty ? [] : [{ name: "gpu-box", kind: "ssh", description: "Two A100", labels: ["gpu"], nGpus: 2, memoryGib: 128, queue: "gpu", trackingUri: "", settings: { host: "gpu-box", user: "me", key: "secret:SSH_KEY" }, updatedMs: now() }];
  }

  private find<T>(items: readonly T[], is: (item: T) => boolean, what: string): T {
    const found = items.find(is);
    if (!found) throw new ApiError("RESOURCE_DOES_NOT_EXIST", `There is no such ${what}.`, 404);
    return found;
  }
  private one(id: string): Job {
    return this.find(this.jobs, (one) => one.id === id, "job");
  }
  private change(id: string, patch: Partial<Job>): Job {
    const changed = { ...this.one(id), ...patch };
    this.jobs = this.jobs.map((one) => (one.id === id ? changed : one));
    return changed;
  }
  private withJobs(of: Project): Project {
    const mine = this.jobs.filter(({ work }) => work.project === of.settings.name);
    return { ...of, nJobs: mine.length, lastJob: mine[0] ?? null };
  }

  listProjects() {
    return this.answer(() => this.projects.map((one) => this.withJobs(one)));
  }
  getProject(name: string) {
    return this.answer(() => this.withJobs(this.find(this.projects, ({ settings }) => settings.name === name, "project")));
  }
  createProject(settings: ProjectSettings) {
    return this.answer(() => {
      const made = { ...project(settings, this.now()), spec: null, readMs: null, commit: "" };
      this.projects = [...this.projects, made];
      return made;
    });
  }
  updateProject(settings: ProjectSettings) {
    return this.answer(() => {
      this.projects = this.projects.map((one) => (one.settings.name === settings.name ? { ...one, settings } : one));
      return this.find(this.projects, (one) => one.settings.name === settings.name, "project");
    });
  }
  renameProject(name: string, newName: string) {
    return this.answer(() => {
      const renamed = { ...this.find(this.projects, ({ settings }) => settings.name === name, "project") };
      renamed.settings = { ...renamed.settings, name: newName };
      this.projects = this.projects.map((one) => (one.settings.name === name ? renamed : one));
      this.jobs = this.jobs.map((one) => (one.work.project === name ? { ...one, work: { ...one.work, project: newName } } : one));
      return this.withJobs(renamed);
    });
  }
  deleteProject(name: string) {
    return this.answer(() => {
      this.projects = this.projects.filter(({ settings }) => settings.name !== name);
    });
  }

  private found({ states, project: name, queue, target, user, grid, text }: JobFilter): Job[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return this.jobs.filter(({ id, state, work }) => {
      const said = JSON.stringify([id, work]).toLowerCase();
      const isIn = (wanted: string, is: string | undefined) => !wanted || wanted === is;
      return (!states.length || states.includes(state)) && isIn(name, work.project) && isIn(queue, work.queue) && isIn(target, work.target) && isIn(user, work.user) && isIn(grid, work.tags[GRID_TAG]) && words.every((word) => said.includes(word));
    });
  }
  listJobs({ limit, cursor, ...filter }: JobSearch) {
    return this.answer(() => {
      const seen = new Set<string>();
      const found = this.found(filter).filter((one) => {
        const grid = filter.isFolded && !filter.grid ? gridNameOf(one) : "";
        const isFirst = !grid || !seen.has(grid);
        seen.add(grid);
        return isFirst;
      });
      const start = Number(cursor) || 0;
      return { items: found.slice(start, start + limit), nextCursor: start + limit < found.length ? String(start + limit) : "" };
    });
  }
  countJobs(filter: JobFilter) {
    return this.answer(() => {
      const names = (of: (one: Job) => string) => [...new Set(this.jobs.map(of))].filter(Boolean).toSorted();
      return { states: statesOf(this.found(filter)), queues: names(({ work }) => work.queue), targets: names(({ work }) => work.target), users: names(({ work }) => work.user) };
    });
  }
  jobGrids(grids: readonly string[]) {
    return this.answer(() => Object.fromEntries(grids.map((grid) => [grid, statesOf(this.jobs.filter((one) => gridNameOf(one) === grid))])));
  }
  getJob(id: string) {
    return this.answer(() => this.one(id));
  }
  jobSteps(id: string) {
    return this.answer(() => {
      const { state, createdMs, startMs, endMs, agent, reason, exitCode } = this.one(id);
      const step = (at: JobState, timeMs: number) => ({ timeMs, attempt: 1, state: at, agent, exitCode: null, reason: "" });
      const steps = [step("queued", createdMs)];
      if (startMs) steps.push(step("claimed", startMs - 4000), step("preparing", startMs - 3000), step("running", startMs));
      return endMs ? [...steps, { ...step(state, endMs), exitCode, reason }] : steps;
    });
  }
  submitJobs(works: Work[]) {
    return this.answer(() => {
      const made = works.map((work, at) => ({ ...job(0, [], [], this.now()), id: hex(this.jobs.length + at + 1), work, state: "queued" as const, startMs: null, endMs: null, agent: "", runId: "", attempt: 0, exitCode: null, reason: "", createdMs: this.now() }));
      this.jobs = [...made.toReversed(), ...this.jobs];
      return made;
    });
  }
  cancelJob(id: string) {
    return this.answer(() => this.change(id, { state: "cancelled", endMs: this.now(), reason: "cancelled" }));
  }
  retryJob(id: string) {
    return this.answer(() => this.change(id, { state: "queued", startMs: null, endMs: null, reason: "", exitCode: null }));
  }
  readLog(id: string, _attempt: number | null, start: number, maxBytes: number) {
    return this.answer(() => {
      const { state, attempt } = this.one(id);
      const whole = new TextEncoder().encode(attempt ? logText(id) : "");
      return { attempt, start, content: whole.slice(start, start + maxBytes), size: whole.length, isWhole: !ACTIVE.includes(state) };
    });
  }
  searchLog(id: string, _attempt: number | null, text: string, limit: number) {
    return this.answer(() => {
      let start = 0;
      const all = logText(id).split("\n").map((line, at) => {
        const match = { line: at + 1, start, text: line };
        start += new TextEncoder().encode(line).length + 1;
        return match;
      });
      const found = all.filter((match) => match.text.toLowerCase().includes(text.toLowerCase()));
      return { matches: found.slice(0, limit), isComplete: found.length <= limit };
    });
  }
  watchWork() {
    return () => undefined;
  }
  listAgents() {
    return this.answer((): Agent[] =>
      this.jobs.length ? [{ name: "gpu-box-4711", host: "gpu-box", queues: ["default", "gpu"], labels: ["gpu"], nSlots: 2, version: "0.1.0", seenMs: this.now(), nHeld: 1, isThere: true }] : [],
    );
  }

  listTargets() {
    return this.answer(() => this.targets);
  }
  saveTarget(target: Target) {
    return this.answer(() => {
      this.targets = [...this.targets.filter(({ name }) => name !== target.name), { ...target, updatedMs: this.now() }];
    });
  }
  deleteTarget(name: string) {
    return this.answer(() => {
      this.targets = this.targets.filter((one) => one.name !== name);
    });
  }
  async testTarget(name: string, queue: string) {
    const [made] = await this.submitJobs([{ ...NEW_WORK, kind: "target-test", target: name, queue: queue || "default" }]);
    return made as Job;
  }

  listSecrets() {
    return this.answer(() => this.secrets);
  }
  setSecret({ name, reference, description }: { name: string; reference: string; description: string }) {
    return this.answer(() => {
      this.secrets = [...this.secrets.filter((one) => one.name !== name), { name, reference, description, updatedMs: this.now() }];
    });
  }
  deleteSecret(name: string) {
    return this.answer(() => {
      this.secrets = this.secrets.filter((one) => one.name !== name);
    });
  }
}

const NEW_SETTINGS: ProjectSettings = { name: "", uri: "", version: "", folder: "", description: "Predicts how good a wine is.", credential: "", targets: [], queue: "default", experimentId: "0" };

function project(settings: ProjectSettings, now: number): Project {
  const entry = { name: "main", command: "python train.py {alpha}", help: "Fit the model and log how well it does", parameters: PARAMETERS };
  return {
    settings,
    spec: {
      name: settings.name,
      environment: { kind: "uv", path: "python_env.yaml", image: "" },
      entryPoints: [entry, { ...entry, name: "validate", help: "Score the last version on the holdout", parameters: PARAMETERS.slice(3, 4) }],
      platform: { targets: [], labels: [], nGpus: 0 },
      hasFile: true,
    },
    commit: "0123456789abcdef0123456789abcdef01234567",
    problem: "",
    readMs: now - 30 * MINUTE,
    createdMs: now - 9000 * MINUTE,
    user: "ada",
    nJobs: 0,
    lastJob: null,
  };
}

function hex(number: number): string {
  return mix(number, 17).toString(16).padStart(32, "0").slice(0, 32);
}

function job(at: number, names: readonly string[], runs: readonly string[], now: number): Job {
  const state = JOB_STATES[at < 6 ? 3 - Math.floor(at / 2) : 4 + (at % 7 < 4 ? 0 : (at % 4))] ?? "finished";
  const createdMs = now - (at * 7 + 1) * MINUTE;
  const hasBegun = state !== "queued";
  return {
    id: hex(1000 + at),
    work: { ...NEW_WORK, project: names[at % Math.max(1, names.length)] ?? "", uri: "https://host/team/models.git", parameters: { alpha: String((at % 10) / 10) }, user: at % 2 ? "ada" : "grace" },
    state,
    createdMs,
    attempt: hasBegun ? 1 : 0,
    agent: hasBegun ? "gpu-box-4711" : "",
    startMs: hasBegun ? createdMs + 9000 : null,
    endMs: ACTIVE.includes(state) ? null : createdMs + 9000 + (at % 50) * 2000,
    isCancelAsked: false,
    exitCode: state === "finished" ? 0 : state === "failed" ? 1 : null,
    reason: state === "finished" ? "finished" : state === "failed" ? "exit code 1" : "",
    runId: hasBegun ? (runs[at % Math.max(1, runs.length)] ?? "") : "",
  };
}

function logText(id: string): string {
  const lines = Array.from({ length: 2000 }, (_, at) => `epoch ${at}  loss ${(1 / (at + 1)).toFixed(5)}${at % 97 ? "" : "  \u001b[33mwarning: slow batch\u001b[0m"}`);
  return [`Project of ${id.slice(0, 8)}`, ...lines, "\u001b[32mdone\u001b[0m", ""].join("\n");
}
