import { expect, it } from "vitest";
import { readTrace } from "./trace";

it.each([
  ['  File "a.py", line 1\n    f()\nValueError: no\n', "ValueError: no"],
  ['  File "a.py", line 1\n    f()\nValueError: no\nYou might want to\nread the manual', "ValueError: no"],
  ["slurmstepd: error: Exceeded memory limit\nkilled", "killed"],
  ["", ""],
])("finds what went wrong in %j", (text, message) => expect(readTrace(text).message).toBe(message));

it("keeps all lines", () => expect(readTrace(" a\nb\n\n").lines).toEqual([" a", "b"]));
