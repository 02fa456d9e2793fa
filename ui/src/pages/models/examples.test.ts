import { expect, it } from "vitest";
import { parseSignature } from "../../lib/signature";
import { exampleFor, servingBody } from "./examples";

const read = (parts: object) => parseSignature(JSON.stringify(parts));

it("takes bodies as they are, and makes bodies of older examples", () => {
  expect(JSON.parse(servingBody('{"inputs": [1]}')!)).toEqual({ inputs: [1] });
  expect(JSON.parse(servingBody('{"columns": ["a"], "data": [[1]]}')!)).toEqual({ dataframe_split: { columns: ["a"], data: [[1]] } });
  expect(JSON.parse(servingBody("[[1, 2]]")!)).toEqual({ inputs: [[1, 2]] });
  expect(servingBody("no json")).toBeNull();
});

it("makes up a row that fits the signature", () => {
  const columns = read({ inputs: '[{"type": "double", "name": "a"}, {"type": "string", "name": "b"}, {"type": "array", "items": {"type": "boolean"}, "name": "c"}]' });
  expect(JSON.parse(exampleFor(columns))).toEqual({ dataframe_split: { columns: ["a", "b", "c"], data: [[0, "", [false]]] } });
  const tensor = read({ inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2, 3]}}]' });
  expect(JSON.parse(exampleFor(tensor))).toEqual({ inputs: [[[0, 0, 0], [0, 0, 0]]] });
  expect(JSON.parse(exampleFor(null))).toEqual({ inputs: [[0]] });
});
