import { expect, it } from "vitest";
import type { ModelPolicy } from "../../api/registry/rules";
import { policyUnder, samePolicy } from "./policies";

const policy = (part: Partial<ModelPolicy> = {}): ModelPolicy => ({ flavours: [], serialisations: [], scan: null, required: [], ...part });

it("a model's own word holds, the server's elsewhere, and what is required adds up", () => {
  const own = policy({ flavours: ["onnx"], required: ["licence"] });
  const general = policy({ flavours: ["sklearn"], serialisations: ["skops"], required: ["owner"] });
  expect(policyUnder(own, general)).toEqual({ flavours: ["onnx"], serialisations: ["skops"], scan: "refuse", required: ["owner", "licence"] });
});

it("policies are the same whatever the order of their words", () => {
  expect(samePolicy(policy({ flavours: ["a", "b"] }), policy({ flavours: ["b", "a"] }))).toBe(true);
  expect(samePolicy(policy({ scan: "off" }), policy())).toBe(false);
});
