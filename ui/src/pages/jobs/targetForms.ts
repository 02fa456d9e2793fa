/** What each kind of target is asked for. */
import type { Target, TargetKind } from "../../api/work/model";

export interface TargetField {
  key: string;
  label: string;
  hint: string;
  isNumber?: boolean;
  /** Words with spaces between. */
  isList?: boolean;
}

const SSH: TargetField[] = [
  { key: "host", label: "Host", hint: "gpu-box.example.org" },
  { key: "user", label: "User", hint: "as the agent's" },
  { key: "port", label: "Port", hint: "22", isNumber: true },
  { key: "key", label: "Private key, by where it is found", hint: "secret:NAME or file:~/.ssh/id_ed25519" },
  { key: "host_key", label: "Key of the host", hint: "as known_hosts has it" },
  { key: "folder", label: "Folder of the jobs", hint: "runfold-jobs" },
  { key: "python", label: "Python there", hint: "python3" },
];

export const FIELDS: Record<TargetKind, TargetField[]> = {
  local: [],
  ssh: SSH,
  slurm: [
    { key: "partition", label: "Partition", hint: "the default" },
    { key: "account", label: "Account", hint: "the default" },
    { key: "qos", label: "Quality of service", hint: "the default" },
    { key: "time_limit_min", label: "Time limit in minutes", hint: "the partition's", isNumber: true },
    { key: "options", label: "More options of sbatch", hint: "--constraint=a100", isList: true },
    { key: "folder", label: "Folder that all nodes see", hint: "runfold-jobs" },
    { key: "python", label: "Python there", hint: "python3" },
  ],
  kubernetes: [
    { key: "namespace", label: "Namespace", hint: "default" },
    { key: "image", label: "Image, where a project has none", hint: "python:3.12-slim" },
    { key: "kubeconfig", label: "Configuration, by where it is found", hint: "the agent's" },
    { key: "context", label: "Context", hint: "the current one" },
    { key: "service_account", label: "Service account", hint: "the namespace's" },
    { key: "gpu_resource", label: "Its word for GPUs", hint: "nvidia.com/gpu" },
  ],
  ray: [
    { key: "address", label: "Address of the dashboard", hint: "http://host:8265" },
    { key: "token", label: "Token, by where it is found", hint: "none is needed" },
  ],
};

/** Of Slurm's login host; without one, the agent's machine has the commands. */
export const LOGIN = SSH.filter(({ key }) => !["folder", "python"].includes(key));

const word = (value: unknown): string => (typeof value === "string" ? value : "");

export function placeOf({ kind, settings }: Target): string {
  const host = (of: Record<string, unknown>) => [word(of.user), word(of.host)].filter(Boolean).join("@") + (typeof of.port === "number" && of.port ? `:${of.port}` : "");
  if (kind === "ssh") return host(settings);
  if (kind === "slurm") return settings.login ? host(settings.login as Record<string, unknown>) : "sbatch";
  if (kind === "kubernetes") return [word(settings.context), word(settings.namespace) || "default"].filter(Boolean).join("/");
  return kind === "ray" ? word(settings.address) : "the agent's machine";
}

export type Texts = Record<string, string>;

export function textsOf(settings: Record<string, unknown>, fields: readonly TargetField[]): Texts {
  return Object.fromEntries(fields.map(({ key }) => [key, valueText(settings[key])]));
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(" ");
  return typeof value === "string" ? value : typeof value === "number" && value ? String(value) : "";
}

/** Over what is known already; a field that is left empty leaves the settings, so that the server's default stands. */
export function settingsOf(texts: Texts, fields: readonly TargetField[], before: Record<string, unknown>): Record<string, unknown> {
  const settings = { ...before };
  for (const { key, isNumber, isList } of fields) {
    const text = (texts[key] ?? "").trim();
    if (!text) delete settings[key];
    else settings[key] = isNumber ? Number(text) || 0 : isList ? text.split(/\s+/) : text;
  }
  return settings;
}
