import { expect, it } from "vitest";
import { diffLines, diffPackages, foldSame } from "./diff";

const show = (a: string, b: string) => diffLines(a, b).map((l) => ({ same: " ", added: "+", removed: "-" })[l.kind] + l.text);

it("finds a shortest way from one text to another", () => {
  expect(show("a\nb\nc", "a\nx\nc\nd")).toEqual([" a", "-b", "+x", " c", "+d"]);
  expect(show("", "a")).toEqual(["-", "+a"]);
  expect(show("same\ntext", "same\ntext")).toEqual([" same", " text"]);
  expect(show("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc").filter((l) => l[0] !== " ")).toHaveLength(5);
});

it("gives back both texts", () => {
  const a = "one\ntwo\nthree\nfour\nfive";
  const b = "zero\ntwo\n3\nfour\nfive\nsix";
  const lines = diffLines(a, b);
  expect(lines.filter((l) => l.kind !== "added").map((l) => l.text).join("\n")).toBe(a);
  expect(lines.filter((l) => l.kind !== "removed").map((l) => l.text).join("\n")).toBe(b);
});

it("names packages that differ", () => {
  expect(diffPackages("# Python 3.12\nnumpy==1.0\ntorch==2.0\nold==1", "numpy==2.0\nTorch==2.0\nnew==3")).toEqual([
    { name: "new", before: null, after: "3" },
    { name: "numpy", before: "1.0", after: "2.0" },
    { name: "old", before: "1", after: null },
  ]);
});

it("folds what stays the same, but for the lines beside a change", () => {
  const same = (n: number) => Array.from({ length: n }, (_, at) => `line ${at}`);
  const lines = diffLines([...same(10), "old", ...same(4)].join("\n"), [...same(10), "new", ...same(4)].join("\n"));
  expect(foldSame(lines, 2).map((line) => (line.kind === "gap" ? line.n : line.text))).toEqual([8, "line 8", "line 9", "old", "new", "line 0", "line 1", 2]);
  expect(foldSame([])).toEqual([]);
});
