import { expect, it } from "vitest";
import { parseCsv } from "./csv";

it("reads quotes, separators and line ends", () => {
  expect(parseCsv('a,b\r\n"x, ""y""",2\n"two\nlines",3', 10)).toEqual([["a", "b"], ['x, "y"', "2"], ["two\nlines", "3"]]);
  expect(parseCsv("a\tb\n1\t2\n", 10)).toEqual([["a", "b"], ["1", "2"]]);
  expect(parseCsv("a\n1\n2\n3\n", 2)).toHaveLength(2);
});
