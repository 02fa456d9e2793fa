/** A registry made up in memory. Writes last until the page is left. */
import { type Field, parseField } from "../../lib/field";
import { matches } from "../../lib/filter/evaluate";
import { parseFilter } from "../../lib/filter/parser";
import { ApiError } from "../client";
import type { Page } from "../model";
import type { RegistryApi } from "../registry/client";
import type { AliasMove, CardTexts, LoggedModel, ModelSearch, ModelVersion, NewVersion, RegisteredModel, Stage } from "../registry/model";
import { EXAMPLE, type FakeModel, makeModels } from "./models";
import { mix, textHash } from "./random";

const DAY = 86_400_000;
const ME = "you";
const CARD_FIELDS: Record<string, keyof CardTexts> = {
  algorithm: "algorithm", framework: "framework", framework_version: "frameworkVersion", task: "task",
  target_platform: "targetPlatform", owner: "owner", licence: "licence",
};

type Answer = <T>(make: () => T) => Promise<T>;

export class FakeRegistry implements RegistryApi {
  private models: FakeModel[];
  private readonly moves = new Map<string, AliasMove[]>();

  constructor(
    private readonly answer: Answer,
    private readonly now: () => number,
    private readonly runs: readonly string[],
    isEmpty: boolean,
  ) {
    this.models = isEmpty ? [] : makeModels(runs, now());
    for (const { model, versions } of this.models) this.moves.set(model.name, history(versions));
  }

  private find(name: string): FakeModel {
    const found = this.models.find(({ model }) => model.name === name);
    if (!found) throw new ApiError("RESOURCE_DOES_NOT_EXIST", `No registered model is named '${name}'.`, 404);
    return found;
  }

  private findVersion(name: string, version: number): ModelVersion {
    const found = this.find(name).versions.find((v) => v.version === version);
    if (!found) throw new ApiError("RESOURCE_DOES_NOT_EXIST", `Model '${name}' has no version ${version}.`, 404);
    return found;
  }

  /** For what is decided about versions: one of them, and where an alias points. */
  peek(name: string, version: number): ModelVersion | undefined {
    return this.find(name).versions.find((v) => v.version === version);
  }
  aliased(name: string, alias: string): number {
    return this.find(name).versions.find(({ aliases }) => aliases.includes(alias))?.version ?? 0;
  }

  private record({ model, versions }: FakeModel): RegisteredModel {
    const aliases = Object.fromEntries(versions.flatMap((v) => v.aliases.map((alias) => [alias, v.version] as const)));
    return { ...model, aliases, nVersions: versions.length, newest: versions.at(-1) ?? null };
  }

  private page<T>(all: readonly T[], search: ModelSearch, get: (item: T, field: Field) => string | number | null | undefined): Page<T> {
    const parsed = parseFilter(search.filter);
    if (!parsed.ok) throw new ApiError("INVALID_PARAMETER_VALUE", parsed.error.message, 400, parsed.error.start);
    const { expr } = parsed;
    const found = all.filter((item) => !expr || matches(expr, (field) => get(item, field)));
    const [, text = "", direction] = /^(.*?)(?:\s+(ASC|DESC))?$/i.exec(search.orderBy[0] ?? "") ?? [];
    if (text) {
      const sign = direction === "DESC" ? -1 : 1;
      const by = parseField(text);
      const rank = (item: T) => get(item, by) ?? null;
      found.sort((a, b) => {
        const [x, y] = [rank(a), rank(b)];
        if (x === null || y === null) return Number(x === null) - Number(y === null);
        return x < y ? -sign : x > y ? sign : 0;
      });
    }
    const start = Number(search.cursor || 0);
    const end = start + search.limit;
    return { items: found.slice(start, end), nextCursor: end < found.length ? String(end) : "" };
  }

  searchModels(search: ModelSearch) {
    return this.answer(() =>
      this.page(this.models.map((model) => this.record(model)), search, (model, field) => {
        if (field.kind === "tags") return model.tags[field.key];
        switch (field.kind === "attributes" ? field.key : "") {
          case "name":
            return model.name;
          case "description":
            return model.description || null;
          case "alias":
            return Object.keys(model.aliases)[0];
          case "last_updated_timestamp":
            return model.updatedMs;
          case "creation_timestamp":
            return model.createdMs;
          default:
            return model.newest && valueOf(model.newest, field);
        }
      }),
    );
  }
  getModel(name: string) {
    return this.answer(() => this.record(this.find(name)));
  }
  createModel(name: string, description: string) {
    return this.answer(() => {
      if (this.models.some(({ model }) => model.name === name)) throw new ApiError("RESOURCE_ALREADY_EXISTS", `A registered model named '${name}' exists already.`, 400);
      this.models.push({ model: { name, description, user: ME, tags: {}, createdMs: this.now(), updatedMs: this.now() }, versions: [] });
      this.moves.set(name, []);
    });
  }
  renameModel(name: string, newName: string) {
    return this.answer(() => {
      const found = this.find(name);
      found.model.name = newName;
      found.versions = found.versions.map((v) => ({ ...v, name: newName }));
      this.moves.set(newName, this.moves.get(name) ?? []);
    });
  }
  describeModel(name: string, text: string) {
    return this.answer(() => void (this.find(name).model.description = text));
  }
  deleteModel(name: string) {
    return this.answer(() => {
      this.find(name);
      this.models = this.models.filter(({ model }) => model.name !== name);
    });
  }
  setModelTag(name: string, key: string, value: string) {
    return this.answer(() => {
      const { model } = this.find(name);
      model.tags = { ...model.tags, [key]: value };
    });
  }
  deleteModelTag(name: string, key: string) {
    return this.answer(() => {
      const { model } = this.find(name);
      model.tags = Object.fromEntries(Object.entries(model.tags).filter(([other]) => other !== key));
    });
  }

  searchVersions(search: ModelSearch) {
    return this.answer(() => this.page(this.models.flatMap(({ versions }) => versions), search, valueOf));
  }
  getVersion(name: string, version: number) {
    return this.answer(() => this.findVersion(name, version));
  }
  private change(name: string, version: number, change: (version: ModelVersion) => Partial<ModelVersion>): Promise<void> {
    return this.answer(() => {
      const before = this.findVersion(name, version);
      const model = this.find(name);
      model.versions = model.versions.map((v) => (v === before ? { ...v, ...change(v), updatedMs: this.now() } : v));
    });
  }
  createVersion({ name, source, runId, modelId, description, tags }: NewVersion) {
    return this.answer(() => {
      const model = this.find(name);
      const like = model.versions.at(-1) ?? this.models[0]!.versions[0]!;
      const made: ModelVersion = {
        ...like, name, version: (model.versions.at(-1)?.version ?? 0) + 1, source, runId, modelId, description, user: ME,
        createdMs: this.now(), updatedMs: this.now(), aliases: [], tags, status: "ready", statusMessage: "", stage: "None",
      };
      model.versions = [...model.versions, made];
      return made;
    });
  }
  describeVersion(name: string, version: number, description: string) {
    return this.change(name, version, () => ({ description }));
  }
  deleteVersion(name: string, version: number) {
    return this.answer(() => {
      this.findVersion(name, version);
      const model = this.find(name);
      model.versions = model.versions.filter((v) => v.version !== version);
    });
  }
  setVersionTag(name: string, version: number, key: string, value: string) {
    return this.change(name, version, (v) => ({ tags: { ...v.tags, [key]: value } }));
  }
  deleteVersionTag(name: string, version: number, key: string) {
    return this.change(name, version, (v) => ({ tags: Object.fromEntries(Object.entries(v.tags).filter(([other]) => other !== key)) }));
  }
  editCard(name: string, version: number, texts: Partial<CardTexts>) {
    return this.change(name, version, (v) => ({ card: { ...v.card, ...texts } }));
  }
  setStage(name: string, version: number, stage: Stage) {
    return this.change(name, version, () => ({ stage }));
  }

  private moveAlias(name: string, alias: string, version: number | null, reason: string): void {
    const model = this.find(name);
    model.versions = model.versions.map((v) => {
      const others = v.aliases.filter((other) => other !== alias);
      return { ...v, aliases: v.version === version ? [...others, alias].sort() : others };
    });
    this.moves.set(name, [{ alias, version, timeMs: this.now(), user: ME, reason }, ...(this.moves.get(name) ?? [])]);
  }
  setAlias(name: string, alias: string, version: number, reason: string) {
    return this.answer(() => {
      if (!/^[\w-]+$/.test(alias)) throw new ApiError("INVALID_PARAMETER_VALUE", `Invalid alias '${alias}': use letters, digits, underscores and dashes.`, 400);
      this.findVersion(name, version);
      this.moveAlias(name, alias, version, reason);
    });
  }
  deleteAlias(name: string, alias: string, reason: string) {
    return this.answer(() => this.moveAlias(name, alias, null, reason));
  }
  listAliasMoves(name: string) {
    return this.answer(() => this.moves.get(this.find(name).model.name) ?? []);
  }

  listVersionFiles(_name: string, _version: number, path: string) {
    return this.answer(() => FILES.filter(([file]) => file.startsWith(path)).map(([file, text]) => ({ path: file, isDir: false, size: text.length })));
  }
  versionFileUrl(_name: string, _version: number, path: string) {
    return `data:text/plain;charset=utf-8,${encodeURIComponent(fileText(path))}`;
  }
  readVersionFile(_name: string, _version: number, path: string) {
    return this.answer(() => {
      const text = fileText(path);
      if (!text) throw new ApiError("RESOURCE_DOES_NOT_EXIST", `There is no file '${path}'.`, 404);
      return { text, isWhole: true };
    });
  }

  verifyVersion(name: string, version: number) {
    return this.answer(() => {
      const { files } = this.findVersion(name, version);
      if (!files) throw new ApiError("INVALID_STATE", "The files were not read when it was registered.", 400);
      const isUnchanged = version % 7 !== 0;
      const checks = ([["MLmodel", "same"], ["model.skops", isUnchanged ? "same" : "changed"]] as const).map(([path, state], at) => ({ path, state, bytesThen: 4000 * (at + 1), bytesNow: 4000 * (at + 1) + (state === "same" ? 0 : 12) }));
      return { isUnchanged, registered: files, found: isUnchanged ? files : { ...files, nBytes: files.nBytes + 12, digest: `sha256:${"0".repeat(64)}` }, files: checks };
    });
  }

  listLoggedModels(_experimentId: string, runId: string) {
    return this.answer((): LoggedModel[] =>
      this.runs.includes(runId) ? [{ id: `m-${textHash(runId).toString(16).padStart(32, "0")}`, name: "model", type: "", status: "READY", createdMs: this.now() - DAY, runId, registrations: [] }] : [],
    );
  }
  listScorers() {
    return this.answer(() => [{ name: "staging", address: "http://127.0.0.1:5001" }]);
  }
  score(_scorer: string, body: string) {
    return this.answer(() => {
      const { dataframe_split: frame } = JSON.parse(body) as { dataframe_split?: { data: unknown[][] } };
      if (!frame) return { status: 400, text: '{"error_code": "BAD_REQUEST", "message": "Send dataframe_split."}', ms: 2, model: "" };
      return { status: 200, text: JSON.stringify({ predictions: frame.data.map((row) => mix(textHash(JSON.stringify(row))) % 2) }), ms: 7, model: "churn/24" };
    });
  }
}

function valueOf(version: ModelVersion, { kind, key }: Field): string | number | null | undefined {
  const { card } = version;
  switch (kind) {
    case "metrics":
      return card.metrics.find((metric) => metric.key === key)?.value;
    case "params":
      return card.params[key];
    case "tags":
      return version.tags[key];
    case "datasets":
      return card.datasets[0]?.[key as "name" | "digest"];
    case "attributes":
      break;
  }
  const text = CARD_FIELDS[key];
  if (text) return card[text] || null;
  const values: Record<string, string | number | null | undefined> = {
    name: version.name, version_number: version.version, run_id: version.runId, model_id: version.modelId, size: version.files?.nBytes,
    current_stage: version.stage, alias: version.aliases[0], creation_timestamp: version.createdMs, flavour: card.flavours[1],
  };
  return values[key];
}

/** Each alias as it went from version to version until where it is now. */
function history(versions: readonly ModelVersion[]): AliasMove[] {
  const moves = versions.flatMap((v) =>
    v.aliases.flatMap((alias) => {
      const step = 1 + (textHash(alias) % 4);
      const stops = versions.filter((other) => other.version <= v.version && (v.version - other.version) % step === 0).slice(-5);
      return stops.map((stop): AliasMove => ({ alias, version: stop.version, timeMs: stop.createdMs + 6 * 3_600_000, user: stop.user, reason: stop.version === v.version ? "best on the holdout" : "" }));
    }),
  );
  return moves.sort((a, b) => b.timeMs - a.timeMs);
}

const FILES: readonly [string, string][] = [
  ["MLmodel", "flavors:\n  python_function:\n    loader_module: runfold.models.pyfunc\n    python_version: 3.12.4\nmodel_uuid: 1f0c4f2b9d7a4d5c\n"],
  ["requirements.txt", "lightgbm==4.6.0\nnumpy==2.3.1\nscikit-learn==1.7.2\n"],
  ["python_env.yaml", "python: 3.12.4\ndependencies:\n- -r requirements.txt\n"],
  ["serving_input_example.json", EXAMPLE],
  ["model.txt", "tree\nversion=v4\nnum_class=1\n"],
];
const fileText = (path: string): string => FILES.find(([file]) => file === path)?.[1] ?? "";
