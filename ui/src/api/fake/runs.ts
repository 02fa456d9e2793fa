/** Runs of the made-up server, computed when asked for: a hundred thousand cost nothing until they are looked at. */
import type { Field } from "../../lib/field";
import type { MetricSummary, Run, RunState } from "../model";
import { bell, mix, pick, textHash, unit } from "./random";
import type { ExperimentSpec, MetricSpec } from "./world";

const ADJECTIVES = ["calm", "brisk", "amber", "quiet", "lucid", "vivid", "sober", "deft", "mellow", "keen", "stout", "fleet"];
const NOUNS = ["heron", "maple", "delta", "ember", "comet", "otter", "fjord", "lark", "cedar", "dune", "pike", "moss"];
const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "‮gnirts desrever a",
  "🎉 party 🎉 run 👩‍👩‍👧‍👦",
  "long-".repeat(100),
  "'; DROP TABLE runs; --",
  "   spaces   ",
  "مرحبا بالعالم",
];
const DAY = 86_400_000;
const TRACE = `Traceback (most recent call last):
  File "train.py", line 212, in <module>
    main(parse_args())
  File "train.py", line 187, in main
    loss = train_epoch(model, loader, optimizer, scaler)
  File "train.py", line 121, in train_epoch
    raise FloatingPointError(f"loss is {loss} at step {step}")
FloatingPointError: loss is nan at step 17382`;

export class FakeRuns {
  private readonly seed: number;

  constructor(
    readonly spec: ExperimentSpec,
    private readonly openedMs: number,
  ) {
    this.seed = textHash(spec.name);
  }

  id(i: number): string {
    const part = (salt: number) => mix(this.seed, i, salt).toString(16).padStart(8, "0");
    return part(1) + part(2) + part(3) + Number(this.spec.id).toString(16).padStart(2, "0") + i.toString(16).padStart(6, "0");
  }

  /** The index within an id made by {@link id}. */
  static indexOf(id: string): { experimentId: string; i: number } {
    return { experimentId: String(Number.parseInt(id.slice(24, 26), 16)), i: Number.parseInt(id.slice(26), 16) };
  }

  name(i: number): string {
    if (this.spec.name === "hostile names") return HOSTILE[i % HOSTILE.length] as string;
    if (this.isParent(i)) return `study-${Math.floor(i / this.spec.family) + 1}`;
    if (this.spec.family) return `trial-${i % this.spec.family}`;
    return `${pick(ADJECTIVES, this.seed, i, 11)}-${pick(NOUNS, this.seed, i, 12)}-${mix(this.seed, i, 13) % 1000}`;
  }

  isParent(i: number): boolean {
    return this.spec.family > 0 && i % this.spec.family === 0;
  }

  parent(i: number): string | null {
    const { family } = this.spec;
    return family > 0 && i % family ? this.id(i - (i % family)) : null;
  }

  /** Newest runs have the highest index. */
  startMs(i: number): number {
    const back = 1 - (i + unit(this.seed, i, 21)) / Math.max(1, this.spec.nRuns);
    return Math.round(this.openedMs - 4 * 60_000 - back * this.spec.days * DAY * (0.7 + 0.3 * unit(this.seed, i, 22)));
  }

  state(i: number): RunState {
    if (i >= this.spec.nRuns - Math.min(3, this.spec.nRuns / 20)) return "RUNNING";
    const u = unit(this.seed, i, 31);
    if (u < 0.05) return "FAILED";
    if (u < 0.07) return "KILLED";
    if (u < 0.085) return "LOST";
    return "FINISHED";
  }

  /** The part of its steps that a run has done, 0 to 1. */
  progress(i: number, nowMs: number): number {
    const state = this.state(i);
    if (state === "FINISHED") return 1;
    if (state !== "RUNNING") return 0.15 + 0.7 * unit(this.seed, i, 32);
    return Math.min(0.98, 0.2 + 0.4 * unit(this.seed, i, 33) + (nowMs - this.openedMs) / 1_200_000);
  }

  endMs(i: number): number | null {
    const state = this.state(i);
    if (state === "RUNNING" || state === "LOST") return null;
    const full = (8 + 140 * unit(this.seed, i, 41)) * 60_000;
    return Math.round(this.startMs(i) + full * this.progress(i, 0));
  }

  user(i: number): string {
    return pick(this.spec.users, this.seed, i, 51);
  }

  param(i: number, key: string): string | undefined {
    const at = this.spec.params.findIndex((p) => p.key === key);
    const spec = this.spec.params[at];
    return spec && !this.isParent(i) ? String(spec.values[this.choice(i, at)]) : undefined;
  }

  private choice(i: number, at: number): number {
    const n = this.spec.params[at]?.values.length ?? 1;
    return mix(this.seed, i, 61, at) % n;
  }

  private quality(i: number): number {
    return this.spec.params.reduce((sum, p, at) => sum + (p.worth[this.choice(i, at)] ?? 0), 0) + 0.15 * bell(this.seed, i, 62);
  }

  private metricSpec(i: number, key: string): MetricSpec | undefined {
    const known = this.spec.metrics.find((m) => m.key === key);
    if (known || !this.spec.extraMetrics) return known;
    const match = /^layer_(\d+)\/(grad_norm|weight_norm|sparsity)$/.exec(key);
    if (!match || unit(this.seed, i, textHash(key)) > 0.6) return undefined;
    return { key, from: 1 + (Number(match[1]) % 7), to: 0.2, noise: 0.05, reach: 0.01 };
  }

  /** NaN once a run has diverged. */
  private point(spec: MetricSpec, i: number, done: number): number {
    const end = spec.to + spec.reach * this.quality(i);
    const rate = 2.5 + 3 * unit(this.seed, i, 71);
    const shape = (1 - Math.exp(-rate * done)) / (1 - Math.exp(-rate));
    const isDiverged = this.state(i) === "FAILED" && spec.reach !== 0 && done > 0.8 * this.progress(i, 0);
    if (isDiverged && unit(this.seed, i, 72) < 0.5) return Number.NaN;
    return spec.from + (end - spec.from) * shape + spec.noise * bell(this.seed, i, Math.round(done * 1e5), textHash(spec.key));
  }

  metric(i: number, key: string, nowMs: number): MetricSummary | undefined {
    const spec = this.isParent(i) ? undefined : this.metricSpec(i, key);
    if (!spec) return undefined;
    const done = this.progress(i, nowMs);
    const last = this.point(spec, i, done);
    const sampled = Array.from({ length: 12 }, (_, k) => this.point(spec, i, (done * k) / 12)).filter(Number.isFinite);
    const finite = Number.isFinite(last) ? [...sampled, last] : sampled;
    const step = Math.round(this.spec.nSteps * done);
    return {
      last,
      min: finite.length ? Math.min(...finite) : Number.NaN,
      max: finite.length ? Math.max(...finite) : Number.NaN,
      step,
      timestampMs: this.endMs(i) ?? nowMs,
      count: step + 1,
    };
  }

  /** The last value only: sorting and filtering need no more. */
  metricLast(i: number, key: string, nowMs: number): number | undefined {
    const spec = this.isParent(i) ? undefined : this.metricSpec(i, key);
    return spec && this.point(spec, i, this.progress(i, nowMs));
  }

  series(i: number, key: string, nowMs: number): { step: number; value: number; timeMs: number }[] {
    const spec = this.isParent(i) ? undefined : this.metricSpec(i, key);
    if (!spec) return [];
    const done = this.progress(i, nowMs);
    const n = Math.round(this.spec.nSteps * done) + 1;
    const stride = Math.max(1, Math.floor(n / 1200));
    const start = this.startMs(i);
    const end = this.endMs(i) ?? nowMs;
    const points = [];
    for (let step = 0; step < n; step += stride) {
      points.push({
        step,
        value: this.point(spec, i, step / this.spec.nSteps),
        timeMs: Math.round(start + ((end - start) * step) / Math.max(1, n - 1)),
      });
    }
    return points;
  }

  metricKeys(): string[] {
    const kinds = ["grad_norm", "weight_norm", "sparsity"];
    const extra = Array.from(
      { length: this.spec.extraMetrics },
      (_, k) => `layer_${Math.floor(k / 3)}/${kinds[k % 3]}`,
    );
    return [...this.spec.metrics.map((m) => m.key), ...extra];
  }

  tags(i: number): Record<string, string> {
    const tags: Record<string, string> = {
      "mlflow.user": this.user(i),
      "mlflow.runName": this.name(i),
      "mlflow.source.name": "train.py",
      "mlflow.loggedImages": "True",
      "runfold.host": "gpu-07",
      "runfold.python": "3.12.4",
      ...(this.state(i) === "FAILED" ? { "runfold.error": TRACE } : {}),
      "mlflow.source.type": "LOCAL",
      "mlflow.source.git.commit": mix(this.seed, Math.floor(i / 9), 81).toString(16).padStart(8, "0").repeat(5),
      "mlflow.source.git.branch": i % 9 === 0 ? "wider-head" : "main",
    };
    for (const [at, [key, values]] of Object.entries(this.spec.tags).entries()) tags[key] = pick(values, this.seed, i, 82, at);
    const parent = this.parent(i);
    if (parent) tags["mlflow.parentRunId"] = parent;
    if (i % 23 === 5) tags["mlflow.note.content"] = "Best so far on the small split; **check the learning-rate warm-up** before repeating.";
    if (i % 37 === 8) tags["runfold.starred"] = "true";
    return tags;
  }

  run(i: number, nowMs: number): Run {
    return {
      id: this.id(i),
      experimentId: this.spec.id,
      name: this.name(i),
      state: this.state(i),
      startMs: this.startMs(i),
      endMs: this.endMs(i),
      user: this.user(i),
      parentId: this.parent(i),
      isDeleted: false,
      deletedMs: null,
      artifactUri: `mlflow-artifacts:/${this.spec.id}/${this.id(i)}/artifacts`,
      metrics: {},
      params: {},
      tags: this.tags(i),
      datasets: [
        {
          name: this.spec.name.split("/")[0] ?? "data",
          digest: mix(this.seed, i % 4, 91).toString(16).padStart(8, "0"),
          sourceType: "local",
          source: '{"uri": "data/train.parquet"}',
          schema: '{"columns": [{"name": "image", "type": "binary"}, {"name": "label", "type": "long"}]}',
          profile: '{"num_rows": 1281167}',
          context: "training",
          isOutput: false,
        },
      ],
      ...this.ended(i, nowMs),
    };
  }

  private ended(i: number, nowMs: number): Partial<Run> {
    return this.state(i) === "LOST" ? { endMs: Math.min(nowMs, this.startMs(i) + 1_800_000) } : {};
  }

  /** What a field of the search language is for this run. */
  lookup(i: number, field: Field, nowMs: number): string | number | null | undefined {
    switch (field.kind) {
      case "metrics": {
        if (field.stat === "last") return this.metricLast(i, field.key, nowMs);
        return this.metric(i, field.key, nowMs)?.[field.stat];
      }
      case "params":
        return this.param(i, field.key);
      case "tags":
        return this.tags(i)[field.key];
      case "datasets":
        return field.key === "digest" ? mix(this.seed, i % 4, 91).toString(16).padStart(8, "0") : this.spec.name.split("/")[0];
      case "attributes":
        return this.attribute(i, field.key, nowMs);
    }
  }

  private attribute(i: number, key: string, nowMs: number): string | number | null {
    const start = this.startMs(i);
    const values: Record<string, () => string | number | null> = {
      run_id: () => this.id(i),
      run_name: () => this.name(i),
      status: () => (this.state(i) === "LOST" ? "RUNNING" : this.state(i)),
      state: () => this.state(i),
      start_time: () => start,
      end_time: () => this.endMs(i),
      duration: () => (this.endMs(i) ?? nowMs) - start,
      user_id: () => this.user(i),
      experiment_id: () => this.spec.id,
    };
    return values[key]?.() ?? null;
  }
}
