/** What the filter of models offers at the cursor. */
import type { RegisteredModel } from "../../api/registry/model";
import { type Field, type FieldKind, field, fieldText } from "../../lib/field";
import { type CompletionPoint, quoteValue } from "../../lib/filter/complete";
import { type Completion, JOINERS, NUMBER_OPERATORS, TEXT_OPERATORS, offerOperators, startingWith } from "../../lib/filter/offer";
import { shortNumber } from "../../lib/format";

const ATTRIBUTES: readonly [string, string][] = [
  ["name", "of the model"],
  ["alias", "that points to some version"],
  ["algorithm", "such as gradient boosting"],
  ["framework", "that made it"],
  ["task", "such as classification"],
  ["owner", "who answers for it"],
  ["licence", "such as Apache-2.0"],
  ["flavour", "how it can be loaded"],
  ["serialisation", "how the weights are kept"],
  ["target_platform", "where it is to run"],
  ["description", "text of the model"],
  ["size", "bytes"],
  ["creation_timestamp", "Unix milliseconds"],
  ["last_updated_timestamp", "Unix milliseconds"],
];
const NUMERIC = /^(size|.*_timestamp)$/;
const SHOWN = 60;

/** Keys and values come from the models that are loaded; the server knows more, and takes what is typed. */
export function completeModels(point: CompletionPoint, models: readonly RegisteredModel[]): Completion[] {
  const { expectation } = point;
  const prefix = point.prefix.toLowerCase();
  switch (expectation.want) {
    case "field":
      return [...ATTRIBUTES.map(([name, note]) => ({ label: name, note, insert: `${name} ` })), ...keysOf(models)]
        .filter(({ label }) => label.toLowerCase().includes(prefix))
        .slice(0, SHOWN);
    case "operator":
      return startingWith(offerOperators(operators(expectation.field)), prefix);
    case "value":
      return valuesOf(expectation.field, models)
        .filter(([text]) => text.toLowerCase().includes(prefix))
        .slice(0, SHOWN)
        .map(([text, n]) => ({ label: text.slice(0, 120), note: `${n} ${n === 1 ? "model" : "models"}`, insert: `${quoteValue(text)} ` }));
    case "joiner":
      return startingWith(JOINERS, prefix);
  }
}

function operators({ kind, key }: Field): readonly [string, string][] {
  if (kind === "metrics" || (kind === "attributes" && NUMERIC.test(key))) return NUMBER_OPERATORS;
  return kind === "params" ? [...TEXT_OPERATORS, ...NUMBER_OPERATORS.slice(0, 4)] : TEXT_OPERATORS;
}

function keysOf(models: readonly RegisteredModel[]): Completion[] {
  const found = new Map<string, string>();
  const add = (kind: FieldKind, key: string, note: string) => {
    const text = fieldText(field(kind, key));
    if (!found.has(text)) found.set(text, note);
  };
  for (const { newest, tags } of models) {
    for (const { key, value } of newest?.card.metrics ?? []) add("metrics", key, shortNumber(value));
    for (const [key, value] of Object.entries(newest?.card.params ?? {})) add("params", key, value.slice(0, 40));
    for (const [key, value] of Object.entries(tags)) add("tags", key, value.slice(0, 40));
  }
  return [...found].map(([text, note]) => ({ label: text, note, insert: `${text} ` }));
}

/** Texts of a field with their number of models, the most frequent first. */
function valuesOf({ kind, key }: Field, models: readonly RegisteredModel[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const model of models) {
    for (const text of textsOf(model, kind, key)) if (text) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function textsOf(model: RegisteredModel, kind: FieldKind, key: string): readonly (string | undefined)[] {
  const card = model.newest?.card;
  if (kind === "params") return [card?.params[key]];
  if (kind === "tags") return [model.tags[key]];
  if (kind === "datasets") return (card?.datasets ?? []).map((dataset) => (key === "digest" ? dataset.digest : dataset.name));
  switch (key) {
    case "name":
      return [model.name];
    case "alias":
      return Object.keys(model.aliases);
    case "flavour":
      return card?.flavours ?? [];
    case "target_platform":
      return [card?.targetPlatform];
    case "algorithm":
    case "framework":
    case "task":
    case "owner":
    case "licence":
    case "serialisation":
      return [card?.[key]];
    default:
      return [];
  }
}
