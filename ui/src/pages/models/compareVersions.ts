import type { ArtifactEntry } from "../../api/model";
import type { CardTexts, ModelVersion } from "../../api/registry/model";
import { lowerIsBetter } from "../../lib/field";
import { bytes, exactNumber, shortNumber } from "../../lib/format";
import { SIGNATURE_PARTS, describe, parseSignature } from "../../lib/signature";

export interface CompareCell {
  text: string;
  /** On hover. */
  exact: string;
  isBest: boolean;
}

export interface CompareRow {
  key: string;
  /** One a version; null where it has none. */
  cells: (CompareCell | null)[];
  isSame: boolean;
}

export interface CompareSection {
  title: string;
  rows: CompareRow[];
}

const TEXTS: readonly [keyof CardTexts, string][] = [
  ["algorithm", "Algorithm"],
  ["framework", "Framework"],
  ["frameworkVersion", "Framework version"],
  ["task", "Task"],
  ["targetPlatform", "Platform"],
  ["owner", "Owner"],
  ["licence", "Licence"],
];

/** What versions have, one row a thing; what none of them has is left out. */
export function compareVersions(versions: readonly ModelVersion[]): CompareSection[] {
  const about: [string, (version: ModelVersion) => string][] = [
    ...TEXTS.map(([key, word]): [string, (version: ModelVersion) => string] => [word, ({ card }) => card[key]]),
    ["Flavours", ({ card }) => card.flavours.join(", ")],
    ["Kept as", ({ card }) => card.serialisation],
    ["Size", ({ files }) => bytes(files?.nBytes)],
    ["Digest", ({ files }) => files?.digest ?? ""],
    ["Data", ({ card }) => card.datasets.map(({ name, digest }) => `${name} ${digest.slice(0, 8)}`).join(", ")],
    ["Source run", ({ runId }) => runId],
  ];
  return [
    { title: "Metadata", rows: about.map(([key, read]) => textRow(key, versions.map(read))) },
    { title: "Metrics", rows: keysOf(versions.map(({ card }) => card.metrics.map(({ key }) => key))).map((key) => metricRow(key, versions)) },
    { title: "Params", rows: keysOf(versions.map(({ card }) => Object.keys(card.params))).map((key) => textRow(key, versions.map(({ card }) => card.params[key]))) },
    ...signatureSections(versions),
  ]
    .map(({ title, rows }) => ({ title, rows: rows.filter(({ cells }) => cells.some((cell) => cell !== null)) }))
    .filter(({ rows }) => rows.length > 0);
}

function signatureSections(versions: readonly ModelVersion[]): CompareSection[] {
  const signatures = versions.map(({ card }) => parseSignature(card.signature));
  return SIGNATURE_PARTS.map((part) => {
    const fields = signatures.map((signature) => new Map(signature?.[part].map((field, at) => [field.name || `#${at}`, describe(field)])));
    const names = [...new Set(fields.flatMap((map) => [...map.keys()]))];
    return { title: `Signature: ${part}`, rows: names.map((name) => textRow(name, fields.map((map) => map.get(name)))) };
  });
}

function keysOf(lists: readonly string[][]): string[] {
  return [...new Set(lists.flat())].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}

function textRow(key: string, texts: readonly (string | undefined)[]): CompareRow {
  const cells = texts.map((text) => (text === undefined || text === "" ? null : { text, exact: text.slice(0, 2000), isBest: false }));
  return { key, cells, isSame: new Set(texts.map((text) => text ?? "")).size === 1 };
}

function metricRow(key: string, versions: readonly ModelVersion[]): CompareRow {
  const values = versions.map(({ card }) => card.metrics.find((metric) => metric.key === key)?.value);
  const finite = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
  const isSame = new Set(values.map(String)).size === 1;
  const best = !isSame && finite.length > 1 ? (lowerIsBetter(key) ? Math.min(...finite) : Math.max(...finite)) : undefined;
  const cells = values.map((value) => (value === undefined ? null : { text: shortNumber(value), exact: exactNumber(value), isBest: value === best }));
  return { key, cells, isSame };
}

/** One row a file: its size in each of the places, which are in the order of the versions. */
export function fileRows(places: readonly ArtifactEntry[][]): CompareRow[] {
  const sizes = places.map((entries) => new Map(entries.map(({ path, isDir, size }) => [path, isDir ? "folder" : bytes(size)])));
  return keysOf(sizes.map((map) => [...map.keys()])).map((path) => textRow(path, sizes.map((map) => map.get(path))));
}
