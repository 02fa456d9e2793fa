/** A server made up in memory: for work without one, and for tests of pages. Writes last until the page is left. */
import { parseField } from "../../lib/field";
import { matches } from "../../lib/filter/evaluate";
import { parseFilter } from "../../lib/filter/parser";
import { DEFAULT_WORKSPACE } from "../../lib/workspaces";
import { ApiError, type RunfoldApi } from "../client";
import type {
  Experiment,
  GroupSearch,
  Groups,
  KeyKind,
  KeyStats,
  Lifecycle,
  Page,
  PurgeReport,
  PurgeWhat,
  Run,
  RunInfo,
  RunSearch,
  RunTable,
  SavedView,
  Series,
  SeriesRequest,
  ServerInfo,
  StorageReport,
  TableSearch,
  Trash,
  UsedDataset,
} from "../model";
import { fileText, fileUrl, listFiles } from "./files";
import { textHash, unit } from "./random";
import { FakeRegistry } from "./registry";
import { FakeWork } from "./work";
import { FakeRules } from "./rules";
import { FakeWebhooks } from "./webhooks";
import { FakeAccounts } from "./accounts";
import { FakeAudit } from "./audit";
import { FakeKeeping } from "./keeping";
import { FakeWorkspaces } from "./workspaces";
import { FakeRuns } from "./runs";
import { groupFakes, valueOf } from "./summaries";
import { EXPERIMENTS, type ExperimentSpec } from "./world";

interface Overlay {
  name?: string;
  deletedMs?: number;
  experimentId?: string;
  purged?: boolean;
  tags: Map<string, string | null>;
  gone: Set<string>;
}

export interface FakeOptions {
  /** Each answer waits so long. */
  delayMs?: number;
  /** Leaves the store without runs and experiments of its own. */
  isEmpty?: boolean;
  nowMs?: () => number;
}

const LIVE_EVERY_MS = 3000;
/** Summaries are made from so many runs: made-up data need not be whole. */
const WHOLE: RunSearch = {
  experimentIds: [], filter: "", orderBy: [], lifecycle: "active", limit: 4000, cursor: "", keys: { metrics: null, params: null, tags: null, datasets: true },
};
/** Runs that made-up versions of models came from. */
const MODEL_RUNS = 60;

export class FakeApi implements RunfoldApi {
  private readonly experiments: ExperimentSpec[];
  private readonly runs = new Map<string, FakeRuns>();
  private readonly renamed = new Map<string, { name?: string; description?: string; isDeleted?: boolean; purged?: boolean }>();
  private readonly overlays = new Map<string, Overlay>();
  private views: SavedView[] = [];
  private readonly now: () => number;
  private readonly delayMs: number;
  readonly registry: FakeRegistry;
  readonly work: FakeWork;
  readonly rules: FakeRules;
  readonly webhooks: FakeWebhooks;
  readonly accounts = new FakeAccounts();
  readonly audit = new FakeAudit();
  readonly keeping = new FakeKeeping();
  readonly workspaces = new FakeWorkspaces();

  constructor(options: FakeOptions = {}) {
    this.now = options.nowMs ?? Date.now;
    this.delayMs = options.delayMs ?? 60;
    this.experiments = EXPERIMENTS.filter((e) => !options.isEmpty || e.id === "0").map((e) => ({ ...e }));
    for (const spec of this.experiments) this.runs.set(spec.id, new FakeRuns(spec, this.now()));
    const first = options.isEmpty ? undefined : this.runs.get("1");
    const runIds = first ? Array.from({ length: Math.min(MODEL_RUNS, first.spec.nRuns) }, (_, i) => first.id(i)) : [];
    this.registry = new FakeRegistry((make) => this.answer(make), this.now, runIds, options.isEmpty ?? false);
    this.work = new FakeWork((make) => this.answer(make), this.now, runIds, options.isEmpty ?? false);
    this.rules = new FakeRules((make) => this.answer(make), this.now, this.registry, options.isEmpty ?? false);
    this.webhooks = new FakeWebhooks((make) => this.answer(make), this.now, options.isEmpty ?? false);
  }

  private async answer<T>(make: () => T, signal?: AbortSignal): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    signal?.throwIfAborted();
    return make();
  }

  private spec(id: string): ExperimentSpec {
    const spec = this.experiments.find((e) => e.id === id);
    if (!spec || this.renamed.get(id)?.purged) {
      throw new ApiError("RESOURCE_DOES_NOT_EXIST", `No experiment has the id '${id}'.`, 404);
    }
    return spec;
  }

  private runsOf(id: string): FakeRuns {
    this.spec(id);
    return this.runs.get(id) as FakeRuns;
  }

  private summary(spec: ExperimentSpec): Experiment {
    const changed = this.renamed.get(spec.id);
    const runs = this.runsOf(spec.id);
    const starts = Array.from({ length: Math.min(spec.nRuns, 3000) }, (_, k) =>
      runs.startMs(Math.floor((k * spec.nRuns) / Math.min(spec.nRuns, 3000))),
    );
    const perDay = new Array<number>(30).fill(0);
    const today = Math.floor(this.now() / 86_400_000);
    for (const start of starts) {
      const day = 29 - (today - Math.floor(start / 86_400_000));
      if (day >= 0 && day < 30) perDay[day]! += spec.nRuns / starts.length;
    }
    let nRunning = 0;
    for (let i = Math.max(0, spec.nRuns - 5); i < spec.nRuns; i++) if (runs.state(i) === "RUNNING") nRunning += 1;
    return {
      id: spec.id,
      name: changed?.name ?? spec.name,
      description: changed?.description ?? spec.description,
      artifactLocation: `mlflow-artifacts:/${spec.id}`,
      workspace: DEFAULT_WORKSPACE,
      isDeleted: changed?.isDeleted ?? spec.isDeleted ?? false,
      createdMs: this.now() - 40 * 86_400_000,
      updatedMs: this.now() - 86_400_000,
      nRuns: spec.nRuns,
      nRunning,
      lastRunMs: starts.length ? Math.max(...starts) : null,
      runsPerDay: perDay.map(Math.round),
    };
  }

  listExperiments(lifecycle: Lifecycle): Promise<Experiment[]> {
    return this.answer(() =>
      this.experiments
        .filter((e) => !this.renamed.get(e.id)?.purged)
        .map((e) => this.summary(e))
        .filter((e) => lifecycle === "all" || e.isDeleted === (lifecycle === "deleted"))
        .sort((a, b) => a.name.localeCompare(b.name)),
    );
  }

  getExperiment(id: string): Promise<Experiment> {
    return this.answer(() => this.summary(this.spec(id)));
  }

  createExperiment(name: string, description: string): Promise<string> {
    return this.answer(() => {
      if (this.experiments.some((e) => (this.renamed.get(e.id)?.name ?? e.name) === name)) {
        throw new ApiError("RESOURCE_ALREADY_EXISTS", `An experiment named '${name}' exists already.`, 400);
      }
      const id = String(this.experiments.length + 1);
      const spec: ExperimentSpec = {
        id, name, description, nRuns: 0, nSteps: 1, days: 1, users: ["ada"],
        params: [], metrics: [], tags: {}, family: 0, extraMetrics: 0,
      };
      this.experiments.push(spec);
      this.runs.set(id, new FakeRuns(spec, this.now()));
      return id;
    });
  }

  private change(id: string, change: { name?: string; description?: string; isDeleted?: boolean }): Promise<void> {
    return this.answer(() => {
      this.spec(id);
      this.renamed.set(id, { ...this.renamed.get(id), ...change });
    });
  }

  renameExperiment(id: string, name: string): Promise<void> {
    return this.change(id, { name });
  }
  describeExperiment(id: string, description: string): Promise<void> {
    return this.change(id, { description });
  }
  deleteExperiment(id: string): Promise<void> {
    return this.change(id, { isDeleted: true });
  }
  restoreExperiment(id: string): Promise<void> {
    return this.change(id, { isDeleted: false });
  }

  searchRuns(search: RunSearch, signal?: AbortSignal): Promise<Page<Run>> {
    return this.answer(() => {
      const parsed = parseFilter(search.filter);
      if (!parsed.ok) throw new ApiError("INVALID_PARAMETER_VALUE", parsed.error.message, 400, parsed.error.start);
      const found: { runs: FakeRuns; i: number }[] = [];
      for (const id of search.experimentIds) {
        const runs = this.runsOf(id);
        for (let i = runs.spec.nRuns - 1; i >= 0; i--) {
          if (!this.isListed(runs, i, search.lifecycle)) continue;
          if (parsed.expr && !matches(parsed.expr, (f) => this.lookup(runs, i, f))) continue;
          found.push({ runs, i });
        }
      }
      this.sort(found, search.orderBy[0]);
      const start = Number(search.cursor || 0);
      const items = found.slice(start, start + search.limit).map(({ runs, i }) => this.build(runs, i, search));
      const end = start + search.limit;
      return { items, nextCursor: end < found.length ? String(end) : "" };
    }, signal);
  }

  async groupRuns(search: GroupSearch): Promise<Groups> {
    const { items } = await this.searchRuns({ ...WHOLE, experimentIds: search.experimentIds, filter: search.filter });
    return groupFakes(items, search);
  }

  async readTable(search: TableSearch): Promise<RunTable> {
    const { items } = await this.searchRuns({ ...WHOLE, experimentIds: search.experimentIds, filter: search.filter });
    const kept = items.slice(0, search.mostRuns);
    return {
      runIds: kept.map((run) => run.id),
      names: kept.map((run) => run.name),
      columns: Object.fromEntries(search.fields.map((id) => [id, kept.map((run) => valueOf(run, id))])),
      nRuns: items.length,
    };
  }

  private isListed(runs: FakeRuns, i: number, lifecycle: Lifecycle): boolean {
    const overlay = this.overlays.size ? this.overlays.get(runs.id(i)) : undefined;
    if (overlay?.purged) return false;
    return lifecycle === "all" || (overlay?.deletedMs !== undefined) === (lifecycle === "deleted");
  }

  private lookup(runs: FakeRuns, i: number, field: ReturnType<typeof parseField>): string | number | null | undefined {
    if (this.overlays.size && (field.kind === "tags" || field.key === "run_name")) {
      const overlay = this.overlays.get(runs.id(i));
      if (field.key === "run_name" && overlay?.name !== undefined) return overlay.name;
      if (field.kind === "tags" && overlay?.tags.has(field.key)) return overlay.tags.get(field.key);
    }
    return runs.lookup(i, field, this.now());
  }

  private sort(found: { runs: FakeRuns; i: number }[], order: string | undefined): void {
    if (!order) return;
    const [, text = "", direction] = /^(.*?)(?:\s+(ASC|DESC))?$/i.exec(order) ?? [];
    const field = parseField(text);
    const sign = direction?.toUpperCase() === "DESC" ? -1 : 1;
    const keyed = found.map((item) => ({ item, value: this.lookup(item.runs, item.i, field) }));
    const rank = (v: unknown) => (v === null || v === undefined ? 2 : Number.isNaN(v) ? 1 : 0);
    keyed.sort((a, b) => {
      const byRank = rank(a.value) - rank(b.value);
      if (byRank || rank(a.value)) return byRank;
      const [x, y] = [a.value as string | number, b.value as string | number];
      return x < y ? -sign : x > y ? sign : 0;
    });
    keyed.forEach(({ item }, at) => {
      found[at] = item;
    });
  }

  private build(runs: FakeRuns, i: number, { keys }: { keys: RunSearch["keys"] }): Run {
    const run = runs.run(i, this.now());
    for (const key of keys.metrics ?? runs.metricKeys().slice(0, 200)) {
      const metric = runs.metric(i, key, this.now());
      if (metric) run.metrics[key] = metric;
    }
    for (const key of keys.params ?? runs.spec.params.map((p) => p.key)) {
      const value = runs.param(i, key);
      if (value !== undefined) run.params[key] = value;
    }
    const overlay = this.overlays.get(run.id);
    if (!overlay) return run;
    for (const [key, value] of overlay.tags) {
      if (value === null) delete run.tags[key];
      else run.tags[key] = value;
    }
    for (const key of overlay.gone) {
      delete run.params[key];
      delete run.metrics[key];
    }
    return {
      ...run,
      name: overlay.name ?? run.name,
      experimentId: overlay.experimentId ?? run.experimentId,
      isDeleted: overlay.deletedMs !== undefined,
      deletedMs: overlay.deletedMs ?? null,
    };
  }

  private locate(id: string): { runs: FakeRuns; i: number } {
    const { experimentId, i } = FakeRuns.indexOf(id);
    const runs = this.runs.get(experimentId);
    if (!runs || runs.id(i) !== id || this.overlays.get(id)?.purged) {
      throw new ApiError("RESOURCE_DOES_NOT_EXIST", `No run has the id '${id}'.`, 404);
    }
    return { runs, i };
  }

  private overlay(id: string): Overlay {
    this.locate(id);
    const overlay = this.overlays.get(id) ?? { tags: new Map(), gone: new Set() };
    this.overlays.set(id, overlay);
    return overlay;
  }

  getRun(id: string): Promise<Run> {
    return this.answer(() => {
      const { runs, i } = this.locate(id);
      return this.build(runs, i, { keys: { metrics: null, params: null, tags: null } });
    });
  }

  renameRun(id: string, name: string): Promise<void> {
    return this.answer(() => {
      this.overlay(id).name = name;
    });
  }
  setTag(runId: string, key: string, value: string): Promise<void> {
    return this.answer(() => void this.overlay(runId).tags.set(key, value));
  }
  deleteTag(runId: string, key: string): Promise<void> {
    return this.answer(() => void this.overlay(runId).tags.set(key, null));
  }
  logParam(runId: string, key: string): Promise<void> {
    return this.answer(() => void this.overlay(runId).gone.delete(key));
  }
  deleteParam(runId: string, key: string): Promise<void> {
    return this.answer(() => void this.overlay(runId).gone.add(key));
  }
  deleteMetric(runId: string, key: string): Promise<void> {
    return this.answer(() => void this.overlay(runId).gone.add(key));
  }
  deleteRuns(ids: string[]): Promise<void> {
    return this.answer(() => {
      for (const id of ids) this.overlay(id).deletedMs ??= this.now();
    });
  }
  restoreRuns(ids: string[]): Promise<void> {
    return this.answer(() => {
      for (const id of ids) delete this.overlay(id).deletedMs;
    });
  }
  moveRuns(ids: string[], experimentId: string): Promise<void> {
    return this.answer(() => {
      for (const id of ids) this.overlay(id).experimentId = experimentId;
    });
  }

  searchKeys(experimentIds: string[], kinds: KeyKind[], text: string, limit: number): Promise<KeyStats[]> {
    return this.answer(() => {
      const wanted = text.toLowerCase();
      const found = new Map<string, KeyStats>();
      for (const id of experimentIds) {
        for (const stats of this.keysOf(this.runsOf(id))) {
          if (kinds.includes(stats.kind) && stats.key.toLowerCase().includes(wanted)) {
            const same = found.get(stats.kind + stats.key);
            found.set(stats.kind + stats.key, same ? { ...same, nRuns: same.nRuns + stats.nRuns } : stats);
          }
        }
      }
      return [...found.values()].sort((a, b) => b.variation - a.variation || a.key.localeCompare(b.key)).slice(0, limit);
    });
  }

  private *keysOf(runs: FakeRuns): Generator<KeyStats> {
    const { spec } = runs;
    for (const [at, key] of runs.metricKeys().entries()) {
      const known = spec.metrics[at];
      const nRuns = Math.round(spec.nRuns * (known ? 0.98 : 0.6));
      const variation = known ? (known.reach ? 0.6 + 0.3 * unit(textHash(key)) : 0.2) : 0.1 * unit(textHash(key));
      yield { kind: "metric", key, nRuns, nDistinct: nRuns, variation, min: known?.to ?? 0, max: known?.from ?? 1, examples: [] };
    }
    for (const { key, values } of spec.params) {
      const numbers = values.every((v) => typeof v === "number") ? (values as number[]) : null;
      yield {
        kind: "param",
        key,
        nRuns: spec.nRuns,
        nDistinct: values.length,
        variation: values.length > 1 ? 0.3 + 0.05 * values.length : 0,
        min: numbers ? Math.min(...numbers) : null,
        max: numbers ? Math.max(...numbers) : null,
        examples: values.slice(0, 4).map((v) => String(v).slice(0, 80)),
      };
    }
    for (const [key, values] of Object.entries(spec.tags)) {
      yield {
        kind: "tag", key, nRuns: spec.nRuns, nDistinct: values.length, variation: values.length > 1 ? 0.25 : 0,
        min: null, max: null, examples: [...values],
      };
    }
  }

  keyValues(experimentIds: string[], kind: KeyKind, key: string, text: string): Promise<[string, number][]> {
    return this.answer(() => {
      const counts = new Map<string, number>();
      for (const id of experimentIds) {
        const runs = this.runsOf(id);
        const n = Math.min(runs.spec.nRuns, 2000);
        for (let i = 0; i < n; i++) {
          const value = kind === "param" ? runs.param(i, key) : runs.tags(i)[key];
          if (value?.toLowerCase().includes(text.toLowerCase())) counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 50);
    });
  }

  listDatasets(experimentIds: string[]): Promise<UsedDataset[]> {
    return this.answer(() =>
      experimentIds.flatMap((id) => {
        const runs = this.runsOf(id);
        const used = Array.from({ length: Math.min(4, runs.spec.nRuns) }, (_, i) => runs.run(i, this.now()).datasets).flat();
        return used.map(({ name, digest, context }) => ({ name, digest, context }));
      }),
    );
  }

  sampleSeries(request: SeriesRequest, signal?: AbortSignal): Promise<Series[]> {
    return this.answer(() => {
      const result: Series[] = [];
      for (const runId of request.runIds) {
        const { runs, i } = this.locate(runId);
        for (const key of request.keys) {
          const points = runs
            .series(i, key, this.now())
            .map((p) => ({ ...(request.axis === "step" ? { x: p.step, other: p.timeMs } : { x: p.timeMs, other: p.step }), value: p.value }))
            .filter((p) => (request.start === null || p.x >= request.start) && (request.end === null || p.x <= request.end));
          if (points.length) result.push({ runId, key, ...bucketed(points, request.buckets) });
        }
      }
      return result;
    }, signal);
  }

  watchRuns(experimentIds: string[], onChange: (runs: RunInfo[]) => void): () => void {
    const timer = setInterval(() => {
      const changed = experimentIds.flatMap((id) => {
        const runs = this.runs.get(id);
        if (!runs) return [];
        const n = runs.spec.nRuns;
        return [n - 1, n - 2, n - 3]
          .filter((i) => i >= 0 && runs.state(i) === "RUNNING" && this.isListed(runs, i, "active"))
          .map((i) => runs.run(i, this.now()));
      });
      if (changed.length) onChange(changed);
    }, LIVE_EVERY_MS);
    return () => clearInterval(timer);
  }

  listViews(scope: string): Promise<SavedView[]> {
    return this.answer(() => this.views.filter((v) => v.scope === scope));
  }
  saveView(view: { id?: string; scope: string; name: string; state: string }): Promise<SavedView> {
    return this.answer(() => {
      const saved = { ...view, id: view.id ?? `view-${this.views.length + 1}`, updatedMs: this.now() };
      this.views = [...this.views.filter((v) => v.id !== saved.id), saved].sort((a, b) => a.name.localeCompare(b.name));
      return saved;
    });
  }
  deleteView(id: string): Promise<void> {
    return this.answer(() => {
      this.views = this.views.filter((v) => v.id !== id);
    });
  }

  listArtifacts(runId: string, path: string) {
    return this.answer(() => {
      const gone = this.overlays.get(runId)?.gone;
      return listFiles(path, (file) => gone?.has(file) ?? false);
    });
  }
  artifactUrl(runId: string, path: string): string {
    return fileUrl(runId, path);
  }
  readArtifact(_runId: string, path: string, maxBytes: number): Promise<{ text: string; isWhole: boolean }> {
    return this.answer(() => {
      const text = fileText(path) ?? "";
      return { text: text.slice(0, maxBytes), isWhole: text.length <= maxBytes };
    });
  }
  readBytes(url: string, start: number, stop: number) {
    return this.answer(() => {
      const bytes = new TextEncoder().encode(url);
      return { bytes: bytes.slice(start, stop).buffer, size: bytes.length };
    });
  }
  async digestArtifact(_runId: string, path: string) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(fileText(path) ?? "")));
    return `sha256:${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  deleteArtifact(runId: string, path: string): Promise<void> {
    return this.answer(() => void this.overlay(runId).gone.add(path));
  }

  listTrash(): Promise<Trash> {
    return this.answer(() => ({
      experiments: this.experiments
        .filter((e) => !this.renamed.get(e.id)?.purged)
        .map((e) => this.summary(e))
        .filter((e) => e.isDeleted)
        .map(({ id, name }) => ({ id, name, deletedMs: this.now() - 86_400_000 })),
      runs: this.trashedRuns().map((id) => {
        const { runs, i } = this.locate(id);
        return this.build(runs, i, { keys: { metrics: [], params: [], tags: [] } });
      }),
      nextCursor: "",
    }));
  }

  private trashedRuns(): string[] {
    return [...this.overlays].filter(([, o]) => o.deletedMs !== undefined && !o.purged).map(([id]) => id);
  }

  purge(what: PurgeWhat & { dryRun: boolean }): Promise<PurgeReport> {
    return this.answer(() => {
      const isAll = !what.runIds && !what.experimentIds;
      const deleted = this.experiments.map((e) => this.renamed.get(e.id)?.purged || this.summary(e)).filter((e) => e !== true && e.isDeleted);
      // What is made up was deleted just now, so nothing in this trash is old.
      const all = isAll && what.olderThanMs === undefined;
      const runIds = what.runIds ?? (all ? this.trashedRuns() : []);
      const experimentIds = what.experimentIds ?? (all ? deleted.map((e) => (e as Experiment).id) : []);
      const nRuns = runIds.length + experimentIds.reduce((sum, id) => sum + (this.runs.get(id)?.spec.nRuns ?? 0), 0);
      if (!what.dryRun) {
        for (const id of runIds) this.overlay(id).purged = true;
        for (const id of experimentIds) this.renamed.set(id, { ...this.renamed.get(id), purged: true });
      }
      const nExperiments = experimentIds.length;
      return { nExperiments, nRuns, nPoints: nRuns * 3200, nFiles: nRuns * 9, nBytes: nRuns * 116_000_000, unreachable: [] };
    });
  }

  measureStorage(experimentId: string | null): Promise<StorageReport> {
    return this.answer(() => {
      const listed = this.experiments.filter((e) => !this.renamed.get(e.id)?.purged);
      const uses = experimentId
        ? Array.from({ length: Math.min(this.runsOf(experimentId).spec.nRuns, 300) }, (_, i) => {
            const runs = this.runsOf(experimentId);
            return { experimentId, runId: runs.id(i), name: runs.name(i), nFiles: 17, nBytes: Math.round(40e6 + 150e6 * unit(i, 7)) };
          })
        : listed.map((e) => ({
            experimentId: e.id,
            runId: null,
            name: this.renamed.get(e.id)?.name ?? e.name,
            nFiles: 17 * Math.min(e.nRuns, 500),
            nBytes: Math.min(e.nRuns, 500) * 118_000_000,
          }));
      uses.sort((a, b) => b.nBytes - a.nBytes);
      return { uses, nBytes: uses.reduce((sum, use) => sum + use.nBytes, 0), isComplete: true };
    });
  }

  measureRecords() {
    return this.answer(() => ({ nBytes: 5_300_000_000, nFreeBytes: 1_048_576 }));
  }
  serverInfo(): Promise<ServerInfo> {
    return this.answer(() => ({ version: "made-up data", mlflowVersion: "3.7.0", artifactRoot: "mlflow-artifacts:/" }));
  }
}

function bucketed(points: { x: number; other: number; value: number }[], buckets: number): Omit<Series, "runId" | "key"> {
  const per = Math.max(1, Math.ceil(points.length / buckets));
  const series: Omit<Series, "runId" | "key"> = { nPoints: points.length, x: [], other: [], min: [], max: [], mean: [], last: [], nNan: [] };
  for (let at = 0; at < points.length; at += per) {
    const part = points.slice(at, at + per);
    const values = part.map((p) => p.value).filter((v) => !Number.isNaN(v));
    series.x.push((part[0] as { x: number }).x);
    series.other.push((part[0] as { other: number }).other);
    series.nNan.push(part.length - values.length);
    series.min.push(values.length ? Math.min(...values) : null);
    series.max.push(values.length ? Math.max(...values) : null);
    series.mean.push(values.length ? values.reduce((a, b) => a + b, 0) / values.length : null);
    series.last.push(values.at(-1) ?? null);
  }
  return series;
}
