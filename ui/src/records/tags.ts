/** Tags with a meaning of their own, and how to read them. */
import type { Run } from "../api/model";
import { GRID_TAG } from "../api/work/model";

export const TAGS = {
  note: "mlflow.note.content",
  star: "runfold.starred",
  archived: "runfold.archived",
  error: "runfold.error",
  sourceName: "mlflow.source.name",
  sourceType: "mlflow.source.type",
  commit: "mlflow.source.git.commit",
  branch: "mlflow.source.git.branch",
  repository: "mlflow.source.git.repoURL",
  dirty: "runfold.source.git.dirty",
  arguments: "runfold.source.arguments",
  /** The same for runs of jobs that were asked for together. */
  grid: GRID_TAG,
  entryPoint: "mlflow.project.entryPoint",
  script: "runfold.source.git.script",
  /** What a project's run was given, as JSON. */
  given: "runfold.project.parameters",
  /** The name of the registered project. */
  project: "runfold.project.registered",
  job: "runfold.job.id",
  verdict: "runfold.rerun.verdict",
  origin: "runfold.rerun.of",
  host: "runfold.host",
  python: "runfold.python",
} as const;

export const PACKAGES_PATH = "runfold/packages.txt";
export const PATCH_PATH = "runfold/uncommitted.patch";

/** Tags that people set; the others show as what they mean. */
export function ownTags(record: Pick<Run, "tags">): [string, string][] {
  return Object.entries(record.tags)
    .filter(([key]) => !/^(mlflow|runfold)\./.test(key))
    .sort(([a], [b]) => a.localeCompare(b));
}

const ENVIRONMENT = /^runfold\.(?:env\.(.+)|((?:slurm|pbs|lsf|ray|container)\..+))$/;

/** What the run's machine and scheduler said of themselves, under short names. */
export function environmentTags(run: Pick<Run, "tags">): [string, string][] {
  return Object.entries(run.tags).flatMap(([key, value]): [string, string][] => {
    const match = ENVIRONMENT.exec(key);
    return match ? [[match[1] ?? match[2] ?? key, value]] : [];
  });
}
