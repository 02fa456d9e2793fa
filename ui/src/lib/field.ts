/**
 * Names of things a run has, as the search language writes them: `start_time`, `params.lr`,
 * `metrics."val loss".min`. The text is also the identity of a column, so it is always written the same way.
 */

export type FieldKind = "attributes" | "metrics" | "params" | "tags" | "datasets";
export type Stat = "last" | "min" | "max" | "count";

export interface Field {
  kind: FieldKind;
  key: string;
  /** Only metrics have one. */
  stat: Stat;
}

const KINDS: Record<string, FieldKind> = {
  attributes: "attributes",
  attribute: "attributes",
  attr: "attributes",
  run: "attributes",
  metrics: "metrics",
  metric: "metrics",
  params: "params",
  param: "params",
  parameters: "params",
  parameter: "params",
  tags: "tags",
  tag: "tags",
  datasets: "datasets",
  dataset: "datasets",
};

const STATS = new Set<string>(["last", "min", "max", "count"]);
const PLAIN_KEY = /^[\p{L}\p{N}_/:-]+(\.[\p{L}\p{N}_/:-]+)*$/u;

export function field(kind: FieldKind, key: string, stat: Stat = "last"): Field {
  return { kind, key, stat };
}

/** A key is quoted when a bare one would be read differently. */
export function quoteKey(key: string, kind: FieldKind): string {
  const endsLikeStat = kind === "metrics" && STATS.has(key.slice(key.lastIndexOf(".") + 1));
  if (PLAIN_KEY.test(key) && !endsLikeStat) return key;
  return `"${key.replaceAll('"', '""')}"`;
}

export function fieldText({ kind, key, stat }: Field): string {
  if (kind === "attributes") return key;
  const text = `${kind}.${quoteKey(key, kind)}`;
  return kind === "metrics" && stat !== "last" ? `${text}.${stat}` : text;
}

export function parseField(text: string): Field {
  const dot = text.indexOf(".");
  const kind = dot < 0 ? undefined : KINDS[text.slice(0, dot).toLowerCase()];
  if (!kind) return field("attributes", text);
  const rest = text.slice(dot + 1);
  const quoted = /^(?:"((?:[^"]|"")*)"|`((?:[^`]|``)*)`)(?:\.(\w+))?$/.exec(rest);
  if (quoted) {
    const key = quoted[1] === undefined ? (quoted[2] ?? "").replaceAll("``", "`") : quoted[1].replaceAll('""', '"');
    return field(kind, key, asStat(quoted[3] ?? ""));
  }
  const last = rest.lastIndexOf(".");
  const tail = rest.slice(last + 1);
  if (kind === "metrics" && last > 0 && STATS.has(tail)) return field(kind, rest.slice(0, last), asStat(tail));
  return field(kind, rest);
}

function asStat(text: string): Stat {
  return STATS.has(text) ? (text as Stat) : "last";
}

const ATTRIBUTE_LABELS: Record<string, string> = {
  run_name: "Name",
  run_id: "Run id",
  status: "State",
  state: "State",
  start_time: "Started",
  end_time: "Ended",
  duration: "Duration",
  user_id: "User",
  experiment_id: "Experiment",
};

/** The name of a column for people: the key alone, with its statistic if that is not the last value. */
export function fieldLabel({ kind, key, stat }: Field): string {
  if (kind === "attributes") return ATTRIBUTE_LABELS[key] ?? key;
  return kind === "metrics" && stat !== "last" ? `${key} ${stat}` : key;
}

/** The text before the slash, by which long lists of keys are grouped. */
export function keyGroup(key: string): string {
  const slash = key.indexOf("/");
  return slash > 0 ? key.slice(0, slash) : "";
}

/** Whether small values are the good ones, judged by the words of a metric's name. */
export function lowerIsBetter(key: string): boolean {
  return /(^|[^a-z])(loss|error|err|rmse|mse|mae|mape|perplexity|ppl|latency|wer|cer|fid|nll|time|memory)([^a-z]|$)/i.test(
    key,
  );
}
