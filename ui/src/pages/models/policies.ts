import type { ModelPolicy } from "../../api/registry/rules";

/** Flavours and formats that are offered; a policy may name others. */
export const FLAVOURS = ["sklearn", "xgboost", "lightgbm", "catboost", "keras", "tensorflow", "pytorch", "onnx", "spark", "h2o", "statsmodels", "pfa", "python_function"];
export const SERIALISATIONS = ["skops", "safetensors", "onnx", "pfa", "ubj", "json", "text", "cbm", "keras", "saved_model", "pt2", "h2o", "code", "pickle", "cloudpickle"];

/** What holds for one model: its own word where it has one, the server's elsewhere; what is required adds up. */
export function policyUnder(own: ModelPolicy, general: ModelPolicy): ModelPolicy {
  return {
    flavours: own.flavours.length ? own.flavours : general.flavours,
    serialisations: own.serialisations.length ? own.serialisations : general.serialisations,
    scan: own.scan ?? general.scan ?? "refuse",
    required: [...new Set([...general.required, ...own.required])],
  };
}

export function samePolicy(a: ModelPolicy, b: ModelPolicy): boolean {
  const same = (x: readonly string[], y: readonly string[]) => x.length === y.length && x.every((word) => y.includes(word));
  return a.scan === b.scan && same(a.flavours, b.flavours) && same(a.serialisations, b.serialisations) && same(a.required, b.required);
}
