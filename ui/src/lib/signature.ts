/** Signatures of models as their `MLmodel` file writes them, in words, and what differs between two. */

export interface SignatureField {
  /** Empty for the whole of a tensor that has no name. */
  name: string;
  /** Such as `double`, `float32 (−1, 28, 28)` or `list of string`. */
  type: string;
  isRequired: boolean;
  /** Of a param; undefined where there is none. */
  fallback?: string;
}

export const SIGNATURE_PARTS = ["inputs", "outputs", "params"] as const;
export type SignaturePart = (typeof SIGNATURE_PARTS)[number];
export type Signature = Record<SignaturePart, SignatureField[]>;

type Json = Record<string, unknown>;

/** The signature that a text holds; null when it holds none that can be read. */
export function parseSignature(text: string): Signature | null {
  const whole = parse(text);
  if (!isObject(whole)) return null;
  const part = (key: SignaturePart): SignatureField[] => {
    const value = typeof whole[key] === "string" ? parse(whole[key]) : whole[key];
    return Array.isArray(value) ? value.filter(isObject).map(readField) : [];
  };
  const signature: Signature = { inputs: part("inputs"), outputs: part("outputs"), params: part("params") };
  return SIGNATURE_PARTS.some((key) => signature[key].length) ? signature : null;
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readField(field: Json): SignatureField {
  const name = typeof field.name === "string" ? field.name : "";
  const isRequired = field.required !== false && field.optional !== true && !("default" in field);
  const type = shaped(typeText(field), field.shape);
  return { name, type, isRequired, ...("default" in field ? { fallback: JSON.stringify(field.default) } : {}) };
}

function typeText(of: unknown): string {
  if (typeof of === "string") return of;
  if (!isObject(of)) return "any";
  const spec = of["tensor-spec"];
  if (isObject(spec)) return shaped(String(spec.dtype), spec.shape);
  switch (of.type) {
    case "array":
      return `list of ${typeText(of.items)}`;
    case "map":
      return `map of ${typeText(of.values)}`;
    case "object": {
      const properties = isObject(of.properties) ? Object.entries(of.properties) : [];
      return `{${properties.map(([key, value]) => `${key}: ${typeText(value)}`).join(", ")}}`;
    }
    default:
      return typeof of.type === "string" ? of.type : typeof of.dtype === "string" ? of.dtype : "any";
  }
}

function shaped(type: string, shape: unknown): string {
  return Array.isArray(shape) ? `${type} (${shape.join(", ").replaceAll("-", "−")})` : type;
}

export interface FieldChange {
  part: SignaturePart;
  name: string;
  before: SignatureField | null;
  after: SignatureField | null;
  /** A caller of the first cannot call the second, or reads something else from it. */
  isBreaking: boolean;
}

/** Fields that differ. What a caller need not send, or receives in addition, breaks nothing. */
export function diffSignatures(before: Signature, after: Signature): FieldChange[] {
  return SIGNATURE_PARTS.flatMap((part) => {
    const [a, b] = [byName(before[part]), byName(after[part])];
    const names = [...new Set([...a.keys(), ...b.keys()])];
    return names.flatMap((name): FieldChange[] => {
      const [old, now] = [a.get(name) ?? null, b.get(name) ?? null];
      if (old && now && describe(old) === describe(now)) return [];
      return [{ part, name, before: old, after: now, isBreaking: breaks(part, old, now) }];
    });
  });
}

function byName(fields: readonly SignatureField[]): Map<string, SignatureField> {
  return new Map(fields.map((field, at) => [field.name || `#${at}`, field]));
}

function breaks(part: SignaturePart, before: SignatureField | null, after: SignatureField | null): boolean {
  if (before && after) return before.type !== after.type || (part !== "outputs" && !before.isRequired && after.isRequired);
  return part === "outputs" ? after === null : after?.isRequired === true;
}

/** A field in a few words. */
export function describe({ type, isRequired, fallback }: SignatureField): string {
  if (fallback !== undefined) return `${type} = ${fallback}`;
  return isRequired ? type : `${type}, optional`;
}

/** A signature in one line: how many of what go in and come out. */
export function signatureBrief(signature: Signature | null): string {
  if (!signature) return "";
  const side = (fields: readonly SignatureField[]) => {
    const [only] = fields;
    if (fields.length === 1 && only) return only.name ? `${only.name}: ${only.type}` : only.type;
    return `${fields.length} columns`;
  };
  const given = signature.inputs.length ? side(signature.inputs) : "anything";
  return signature.outputs.length ? `${given} → ${side(signature.outputs)}` : given;
}
