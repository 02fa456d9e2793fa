/** The models of the made-up server: what they are called, what they take, and how their versions came about. */
import type { ModelCard, ModelVersion, RegisteredModel, Stage } from "../registry/model";
import { mix, pick, textHash, unit } from "./random";

interface ModelSpec {
  name: string;
  description: string;
  algorithm: string;
  framework: string;
  task: string;
  owner: string;
  metric: string;
  /** Of the best version. */
  best: number;
  columns: string[];
  output: string;
  nVersions: number;
  aliases: Record<string, number>;
  tags: Record<string, string>;
}

const DAY = 86_400_000;
const CHURN = ["tenure", "monthly_charges", "total_charges", "contract", "support_calls"];

const SPECS: readonly ModelSpec[] = [
  {
    name: "churn", description: "Predicts whether a customer leaves within **90 days**.\n\nRetrained weekly; the `champion` answers the call centre.",
    algorithm: "gradient boosting", framework: "lightgbm", task: "classification", owner: "ada", metric: "val/auc", best: 0.9312,
    columns: CHURN, output: "long", nVersions: 27, aliases: { champion: 24, challenger: 27, "last-good": 22 }, tags: { team: "growth", tier: "1" },
  },
  {
    name: "digits", description: "Reads handwritten digits.", algorithm: "convolutional network", framework: "pytorch", task: "image classification",
    owner: "grace", metric: "test/accuracy", best: 0.9941, columns: [], output: "float32", nVersions: 9, aliases: { champion: 9 }, tags: { team: "vision" },
  },
  {
    name: "house prices", description: "", algorithm: "random forest", framework: "sklearn", task: "regression", owner: "", metric: "rmse", best: 0.1274,
    columns: ["area", "rooms", "year", "city"], output: "double", nVersions: 4, aliases: {}, tags: {},
  },
  {
    name: "<img src=x onerror=alert(1)>", description: "# <b>bold</b> [click](javascript:alert(1))", algorithm: "linear", framework: "onnx", task: "regression",
    owner: "\u202eevil", metric: "mae", best: 1e-7, columns: ["<script>"], output: "double", nVersions: 2, aliases: { canary: 1 }, tags: { "<i>": "<b>" },
  },
];
const FAMILIES = ["demand", "fraud", "ranking", "routing", "spam", "tagging", "uplift", "vision"] as const;
const REGIONS = ["de", "fr", "jp", "nordics", "uk", "us"] as const;
const FRAMEWORKS: readonly [string, string][] = [["xgboost", "gradient boosting"], ["sklearn", "logistic regression"], ["keras", "dense network"], ["catboost", "gradient boosting"]];

function madeUp(): ModelSpec[] {
  return FAMILIES.flatMap((family) =>
    REGIONS.map((region): ModelSpec => {
      const seed = textHash(family + region);
      const [framework, algorithm] = pick(FRAMEWORKS, seed);
      const nVersions = 1 + (seed % 12);
      return {
        name: `${family}-${region}`, description: `${family} for ${region}`, algorithm, framework, task: "classification",
        owner: pick(["ada", "grace", "linus", "mei"], seed, 2), metric: "val/f1", best: 0.7 + 0.25 * unit(seed),
        columns: ["a", "b", "c"], output: "long", nVersions, aliases: unit(seed, 3) < 0.6 ? { champion: nVersions } : {}, tags: { region },
      };
    }),
  );
}

function signature({ columns, output }: ModelSpec, version: number): string {
  if (!columns.length) {
    const tensor = (dtype: string, shape: number[]) => JSON.stringify([{ type: "tensor", "tensor-spec": { dtype, shape } }]);
    return JSON.stringify({ inputs: tensor("float32", [-1, 28, 28]), outputs: tensor(output, [-1, 10]), params: null });
  }
  const names = version > 3 ? [...columns, "region"] : columns;
  const inputs = names.map((name, at) => ({ type: at === 3 ? "string" : "double", name, required: name !== "region" }));
  return JSON.stringify({ inputs: JSON.stringify(inputs), outputs: JSON.stringify([{ type: output, name: "prediction", required: true }]), params: null });
}

function card(spec: ModelSpec, version: number): ModelCard {
  const seed = mix(textHash(spec.name), version);
  const lack = ((spec.nVersions - version) / spec.nVersions) * 0.06 + 0.01 * unit(seed);
  const value = /rmse|mae/.test(spec.metric) ? spec.best * (1 + 3 * lack) : spec.best * (1 - lack);
  return {
    algorithm: spec.algorithm, framework: spec.framework, frameworkVersion: `4.${version % 6}.0`, task: spec.task, targetPlatform: "", owner: spec.owner,
    licence: spec.owner === "ada" ? "Apache-2.0" : "", flavours: ["python_function", spec.framework], serialisation: spec.framework === "sklearn" ? "skops" : "native",
    signature: signature(spec, version),
    metrics: [
      { key: spec.metric, value, step: 90 },
      { key: "train/loss", value: 0.2 + lack, step: 90 },
      { key: "latency_ms", value: 3 + 2 * unit(seed, 1), step: 0 },
    ],
    params: { learning_rate: pick(["0.05", "0.1", "0.3"], seed, 2), max_depth: String(4 + (seed % 5)), n_estimators: pick(["200", "400", "800"], seed, 3) },
    datasets: [
      { name: `${spec.name.slice(0, 20)}-2026-w${40 + (version % 8)}`, digest: mix(seed, 8).toString(16), context: "training" },
      { name: "holdout", digest: "5f1a2b3c", context: "eval" },
    ],
  };
}

function makeVersion(spec: ModelSpec, version: number, runId: string, now: number): ModelVersion {
  const createdMs = now - (spec.nVersions - version) * 6 * DAY - 3 * 3_600_000;
  const seed = mix(textHash(spec.name), version);
  const stage: Stage = spec.name === "house prices" && version === 3 ? "Production" : "None";
  return {
    name: spec.name, version, status: "ready", statusMessage: "", createdMs, updatedMs: createdMs + 60_000, stage, description: version === spec.nVersions ? "Trained on the newest week." : "",
    user: spec.owner || "linus", source: runId ? `runs:/${runId}/model` : "file:///models/imported", runId, modelId: runId ? `m-${seed.toString(16).padStart(32, "0")}` : "",
    tags: version % 5 === 0 ? { audited: "yes" } : {}, aliases: Object.keys(spec.aliases).filter((alias) => spec.aliases[alias] === version),
    card: card(spec, version), files: { nBytes: 1_200_000 + (seed % 9_000_000), nFiles: 6, digest: `sha256:${mix(seed, 4).toString(16).padStart(8, "0").repeat(8)}` },
  };
}

export interface FakeModel {
  model: Omit<RegisteredModel, "newest" | "nVersions" | "aliases">;
  versions: ModelVersion[];
}

/** @param runs ids that versions may have come from. */
export function makeModels(runs: readonly string[], now: number): FakeModel[] {
  return [...SPECS, ...madeUp()].map((spec, place) => {
    const versions = Array.from({ length: spec.nVersions }, (_, at) => makeVersion(spec, at + 1, runs[(place + at) % Math.max(1, runs.length)] ?? "", now));
    const { name, description, tags } = spec;
    return { model: { name, description, tags, user: spec.owner, createdMs: versions[0]!.createdMs, updatedMs: versions.at(-1)!.updatedMs }, versions };
  });
}

export const EXAMPLE = JSON.stringify({ dataframe_split: { columns: [...CHURN, "region"], data: [[12, 70.5, 846, "monthly", 2, "de"]] } });
