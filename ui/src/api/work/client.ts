/** What pages of projects and jobs ask of a server. */
import type { Page } from "../model";
import type { Agent, Job, JobCounts, JobFilter, JobSearch, JobStep, LogMatch, LogPart, Project, ProjectSettings, Secret, StateCounts, Target, Work } from "./model";

export interface WorkWatcher {
  onJobs?: (jobs: Job[]) => void;
  /** The stream is there, again perhaps: what changed before it was is not told. */
  onBegin?: () => void;
  onAgents?: (agents: Agent[]) => void;
}

export interface WorkApi {
  listProjects(): Promise<Project[]>;
  getProject(name: string): Promise<Project>;
  createProject(settings: ProjectSettings): Promise<Project>;
  updateProject(settings: ProjectSettings): Promise<Project>;
  /** Its jobs and runs go along; the former name leads to it until another project takes it. */
  renameProject(name: string, newName: string): Promise<Project>;
  /** Its jobs and runs stay. */
  deleteProject(name: string): Promise<void>;

  /** Newest first. */
  listJobs(search: JobSearch, signal?: AbortSignal): Promise<Page<Job>>;
  countJobs(filter: JobFilter, signal?: AbortSignal): Promise<JobCounts>;
  /** How far each of them is, by its name. */
  jobGrids(grids: readonly string[]): Promise<Record<string, StateCounts>>;
  getJob(id: string): Promise<Job>;
  jobSteps(id: string): Promise<JobStep[]>;
  /** All of them or none, in this order. */
  submitJobs(works: Work[]): Promise<Job[]>;
  cancelJob(id: string): Promise<Job>;
  retryJob(id: string): Promise<Job>;
  readLog(id: string, attempt: number | null, start: number, maxBytes: number, signal?: AbortSignal): Promise<LogPart>;
  /** Lines that hold the text, in any case. */
  searchLog(id: string, attempt: number | null, text: string, limit: number, signal?: AbortSignal): Promise<{ matches: LogMatch[]; isComplete: boolean }>;
  /** Calls back with jobs that changed, and with all agents when one of them did, until the returned function is called. */
  watchWork(watcher: WorkWatcher): () => void;
  listAgents(): Promise<Agent[]>;

  listTargets(): Promise<Target[]>;
  saveTarget(target: Target, isNew: boolean): Promise<void>;
  deleteTarget(name: string): Promise<void>;
  /** Queues a job that tries whether the target can be used. */
  testTarget(name: string, queue: string): Promise<Job>;

  listSecrets(): Promise<Secret[]>;
  /** Either the value, which is kept sealed, or the place where agents find it. */
  setSecret(secret: { name: string; value: string; reference: string; description: string }): Promise<void>;
  deleteSecret(name: string): Promise<void>;
}
