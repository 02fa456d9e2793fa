/** The experiments of the made-up server: what they are called, what their runs vary and measure. */

/** One metric's curve over the part of training that is done, 0 to 1. */
export interface MetricSpec {
  key: string;
  from: number;
  to: number;
  /** Deviation of a point around its curve. */
  noise: number;
  /** How strongly the run's quality moves the end value. */
  reach: number;
}

export interface ParamSpec {
  key: string;
  values: readonly (string | number)[];
  /** Quality of the run for each value, added up over the params. */
  worth: readonly number[];
}

export interface ExperimentSpec {
  id: string;
  name: string;
  description: string;
  nRuns: number;
  nSteps: number;
  /** Days before now over which the runs were started. */
  days: number;
  users: readonly string[];
  params: readonly ParamSpec[];
  metrics: readonly MetricSpec[];
  tags: Readonly<Record<string, readonly string[]>>;
  /** Each so many runs form a parent with its children; 0: none. */
  family: number;
  /** How many further metric keys there are, each on some of the runs. */
  extraMetrics: number;
  isDeleted?: boolean;
}

const param = (key: string, values: readonly (string | number)[], worth: readonly number[] = []): ParamSpec => ({
  key,
  values,
  worth: values.map((_, i) => worth[i] ?? 0),
});
const metric = (key: string, from: number, to: number, noise: number, reach: number): MetricSpec => ({
  key,
  from,
  to,
  noise,
  reach,
});

const PEOPLE = ["ada", "grace", "linus", "mei"];
const SYSTEM = [
  metric("system/cpu_utilization_percentage", 62, 71, 7, 0),
  metric("system/gpu_0_utilization_percentage", 88, 94, 4, 0),
  metric("system/gpu_0_memory_usage_megabytes", 8200, 11400, 90, 0),
  metric("system/system_memory_usage_megabytes", 14200, 18400, 200, 0),
];

const VISION = {
  params: [
    param("model", ["resnet18", "resnet50", "convnext-t", "vit-s16"], [-0.5, 0.1, 0.5, 0.2]),
    param("optimizer.name", ["sgd", "adamw", "lion"], [-0.1, 0.25, 0.05]),
    param("optimizer.lr", [0.0003, 0.001, 0.003, 0.01, 0.1], [0, 0.4, 0.3, -0.2, -0.9]),
    param("optimizer.weight_decay", [0, 0.01, 0.05], [-0.1, 0.05, 0.1]),
    param("batch_size", [64, 128, 256], [0.05, 0.05, -0.1]),
    param("augment", ["none", "basic", "randaug"], [-0.4, 0.1, 0.3]),
    param("seed", [0, 1, 2, 3, 4]),
    param("epochs", [90]),
    param("num_workers", [8]),
  ],
  metrics: [
    metric("train/loss", 4.2, 0.9, 0.05, -0.25),
    metric("val/loss", 4.3, 1.25, 0.04, -0.28),
    metric("val/accuracy", 0.04, 0.74, 0.006, 0.07),
    metric("val/top5", 0.12, 0.915, 0.004, 0.03),
    metric("lr", 0.001, 0, 0, 0),
    metric("images_per_second", 2150, 2300, 40, 60),
    ...SYSTEM,
  ],
};

export const EXPERIMENTS: readonly ExperimentSpec[] = [
  {
    id: "1",
    name: "vision/imagenet",
    description:
      "Which backbone for the product search?\n\n- fixed 90 epochs, **one** node\n- compare on `val/accuracy`, five seeds each\n\nNotes in the [model card](https://example.org/card).",
    nRuns: 148,
    nSteps: 400,
    days: 26,
    users: PEOPLE,
    ...VISION,
    tags: { team: ["search", "core"], gpu: ["a100", "h100"] },
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "2",
    name: "vision/cifar10/ablation",
    description: "Augmentation and weight decay, small nets.",
    nRuns: 60,
    nSteps: 200,
    days: 12,
    users: PEOPLE.slice(0, 2),
    ...VISION,
    tags: { team: ["core"] },
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "3",
    name: "vision/cifar10/sweep",
    description: "Trials of the learning-rate sweep; each parent is one study.",
    nRuns: 126,
    nSteps: 120,
    days: 5,
    users: ["mei"],
    ...VISION,
    tags: { team: ["core"], study: ["lr-warmup", "wd-grid"] },
    family: 21,
    extraMetrics: 0,
  },
  {
    id: "4",
    name: "language/translation/de-en",
    description: "",
    nRuns: 34,
    nSteps: 3000,
    days: 19,
    users: ["grace", "linus"],
    params: [
      param("architecture", ["transformer-base", "transformer-big", "mamba-370m"], [-0.2, 0.4, 0.2]),
      param("lr", [0.0001, 0.0003, 0.0007], [0, 0.3, 0.1]),
      param("label_smoothing", [0, 0.1], [-0.1, 0.1]),
      param("vocab", [16000, 32000], [0, 0.05]),
      param("seed", [0, 1, 2]),
    ],
    metrics: [
      metric("loss", 8.1, 2.1, 0.08, -0.2),
      metric("bleu", 2, 31.5, 0.35, 1.8),
      metric("perplexity", 900, 6.2, 0.2, -0.7),
      metric("tokens_per_second", 41000, 43800, 600, 900),
      ...SYSTEM,
    ],
    tags: { stage: ["draft", "candidate"] },
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "5",
    name: "language/summaries",
    description: "",
    nRuns: 9,
    nSteps: 800,
    days: 3,
    users: ["grace"],
    params: [param("base", ["t5-small", "t5-base"], [-0.2, 0.2]), param("lr", [0.0001, 0.0003], [0.1, 0])],
    metrics: [metric("loss", 3.1, 1.4, 0.05, -0.1), metric("rouge_l", 0.11, 0.38, 0.006, 0.02), ...SYSTEM],
    tags: {},
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "6",
    name: "tabular/churn",
    description: "Gradient boosting against the linear baseline.",
    nRuns: 420,
    nSteps: 60,
    days: 29,
    users: ["ada", "linus"],
    params: [
      param("model", ["logistic", "random_forest", "xgboost", "lightgbm"], [-0.9, -0.1, 0.4, 0.45]),
      param("max_depth", [3, 4, 6, 8, 10], [-0.1, 0.1, 0.25, 0.1, -0.2]),
      param("learning_rate", [0.01, 0.03, 0.1, 0.3], [-0.1, 0.1, 0.25, -0.2]),
      param("n_estimators", [100, 300, 1000], [-0.1, 0.1, 0.1]),
      param("fold", [0, 1, 2, 3, 4]),
    ],
    metrics: [
      metric("auc", 0.5, 0.842, 0.004, 0.02),
      metric("log_loss", 0.69, 0.41, 0.004, -0.03),
      metric("f1", 0.2, 0.655, 0.008, 0.03),
      metric("fit_seconds", 0, 18, 0.1, 4),
    ],
    tags: { data: ["2026-09", "2026-10"] },
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "7",
    name: "forecast/energy",
    description: "Day-ahead load, hourly.",
    nRuns: 51,
    nSteps: 300,
    days: 14,
    users: ["mei", "linus"],
    params: [
      param("model", ["naive", "nbeats", "tft", "patchtst"], [-1, 0.1, 0.3, 0.4]),
      param("context_hours", [48, 168, 336], [-0.2, 0.2, 0.25]),
      param("seed", [0, 1, 2]),
    ],
    metrics: [metric("mape", 21, 4.8, 0.12, -0.6), metric("rmse", 1900, 512, 11, -60), ...SYSTEM],
    tags: {},
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "8",
    name: "scale/hundred-thousand",
    description: "100 000 runs with 12 000 metric keys, to see that nothing freezes.",
    nRuns: 100_000,
    nSteps: 10_000,
    days: 30,
    users: PEOPLE,
    ...VISION,
    tags: { team: ["search", "core"] },
    family: 0,
    extraMetrics: 12_000,
  },
  {
    id: "9",
    name: "hostile names",
    description: "<img src=x onerror=alert(1)> and [a link](javascript:alert(1))",
    nRuns: 14,
    nSteps: 50,
    days: 2,
    users: ["ada"],
    params: [
      param("<script>alert(1)</script>", ["<b>bold</b>", "‮reversed"]),
      param("long value", ["x".repeat(6000), "y"]),
      param("emoji 🎉 key", ["🎉", "👩‍👩‍👧‍👦"]),
    ],
    metrics: [
      metric("loss/with \"quotes\"", 2, 1, 0.1, 0),
      metric("nothing but NaN", Number.NaN, Number.NaN, 0, 0),
      metric("k".repeat(250), 1, 2, 0.1, 0),
    ],
    tags: { "tag with spaces": ["a", "b"] },
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "0",
    name: "Default",
    description: "",
    nRuns: 0,
    nSteps: 1,
    days: 1,
    users: ["ada"],
    params: [],
    metrics: [],
    tags: {},
    family: 0,
    extraMetrics: 0,
  },
  {
    id: "10",
    name: "vision/old-baselines",
    description: "",
    nRuns: 12,
    nSteps: 90,
    days: 30,
    users: ["ada"],
    ...VISION,
    tags: {},
    family: 0,
    extraMetrics: 0,
    isDeleted: true,
  },
];
