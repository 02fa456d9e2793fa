import { expect, it } from "vitest";
import { diffSignatures, parseSignature, signatureBrief } from "./signature";

const columns = (...names: string[]) => JSON.stringify(names.map((name) => ({ type: "double", name, required: true })));
const read = (parts: object) => parseSignature(JSON.stringify(parts))!;

it("reads columns, tensors, nested types and params as the file writes them", () => {
  const signature = read({
    inputs: JSON.stringify([
      { type: "double", name: "age", required: true },
      { type: "array", items: { type: "string" }, name: "words", required: false },
      { type: "object", properties: { a: { type: "long" } }, name: "extra" },
    ]),
    outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 10]}}]',
    params: '[{"name": "temperature", "type": "double", "default": 0.5, "shape": null}]',
  });
  expect(signature.inputs.map(({ type, isRequired }) => [type, isRequired])).toEqual([
    ["double", true],
    ["list of string", false],
    ["{a: long}", true],
  ]);
  expect(signature.outputs[0]).toMatchObject({ name: "", type: "float32 (−1, 10)" });
  expect(signature.params[0]).toMatchObject({ name: "temperature", fallback: "0.5", isRequired: false });
});

it("says nothing of what cannot be read", () => {
  expect(["", "null", "[]", "{", '{"inputs": "no json"}'].map(parseSignature)).toEqual([null, null, null, null, null]);
});

it("says in one line what goes in and what comes out", () => {
  expect(signatureBrief(read({ inputs: columns("a", "b"), outputs: columns("y") }))).toBe("2 columns → y: double");
  expect(signatureBrief(null)).toBe("");
});

it("tells changes that break callers from those that do not", () => {
  const before = read({ inputs: columns("a", "b"), outputs: columns("y") });
  const after = read({
    inputs: JSON.stringify([{ type: "double", name: "a" }, { type: "long", name: "c", required: false }, { type: "long", name: "d" }]),
    outputs: columns("y", "z"),
  });
  expect(diffSignatures(before, after).map(({ part, name, isBreaking }) => [part, name, isBreaking])).toEqual([
    ["inputs", "b", false],
    ["inputs", "c", false],
    ["inputs", "d", true],
    ["outputs", "z", false],
  ]);
  expect(diffSignatures(after, before).filter((change) => change.isBreaking).map(({ part, name }) => [part, name])).toEqual([
    ["inputs", "b"],
    ["outputs", "z"],
  ]);
  expect(diffSignatures(before, before)).toEqual([]);
});
