import { expect, it } from "vitest";
import { readList, readNumbers, writeList, writeNumbers } from "./listParam";

it("carries keys of any characters through the address bar", () => {
  const keys = ["params.lr", 'metrics."a,b~c%2c"', "tags.ключ 🎉"];
  expect(readList(writeList(keys))).toEqual(keys);
  expect(readNumbers(writeNumbers({ "a,b": 120, "c~d": 80 }))).toEqual({ "a,b": 120, "c~d": 80 });
});

it("reads nothing from nothing", () => {
  expect(readList(undefined)).toEqual([]);
  expect(readNumbers("")).toEqual({});
});
