import { expect, test } from "vitest";
import { MOST_SIGNS, NO_LINES, addText, linesOf, plainLine, spansOf } from "./terminal";

const ESC = "\u001b";

test("colours become spans, and everything else of a terminal goes", () => {
  expect(spansOf(`${ESC}[1;31mError${ESC}[0m: ${ESC}[38;5;208mx${ESC}[2K`)).toEqual([
    { text: "Error", colour: 1, isBold: true },
    { text: ": ", colour: null, isBold: false },
    { text: "x", colour: null, isBold: false },
  ]);
  expect(plainLine(`${ESC}]0;title\u0007a${ESC}[92mb\u0008`)).toBe("ab");
});

test("sequences of every kind go, also those that are cut off", () => {
  const kinds = [`${ESC}(B`, `${ESC}[m${ESC}(B`, `${ESC}#8`, `${ESC}7`, `${ESC}=`, `${ESC}>`, `${ESC}c`, `${ESC}[?25l`, `${ESC}[1 q`, `${ESC}[>4;1m`, `${ESC}P1$r0m${ESC}\\`, `${ESC}]8;;https://x${ESC}\\`, "\u009b"];
  for (const code of kinds) expect([code, plainLine(`a${code}b`)]).toEqual([code, "ab"]);
  for (const begun of [ESC, `${ESC}[`, `${ESC}[31`, `${ESC}(`, `${ESC}]0;ti`]) expect([begun, plainLine(`a${begun}`)]).toEqual([begun, "a"]);
  expect(plainLine("häb\tc 日本 😀")).toBe("häb\tc 日本 😀");
});

test("the first of 256 colours are those of a terminal", () => {
  const colours = [`${ESC}[38;5;1mx`, `${ESC}[38;5;9mx`, `${ESC}[31;38;2;1;2;3mx`, `${ESC}[31;48;5;4mx`].map((line) => spansOf(line)[0]?.colour);
  expect(colours).toEqual([1, 1, null, 1]);
});

test("of a progress bar the last state is shown, in the colour that it had", () => {
  expect(plainLine(" 10%\r 50%\r100%\r")).toBe("100%");
  expect(plainLine("done\r\r")).toBe("done");
  expect(spansOf(`${ESC}[32m 10%\r 20%`)).toEqual([{ text: " 20%", colour: 2, isBold: false }]);
});

test("lines come piece by piece, and the oldest go", () => {
  let window = addText(NO_LINES, "a\nb", 2);
  expect(window).toEqual({ lines: ["a"], rest: "b", nLeftOut: 0, isCut: false });
  expect(linesOf(window)).toEqual(["a", "b"]);
  window = addText(window, "c\nd\n", 2);
  expect(window).toEqual({ lines: ["bc", "d"], rest: "", nLeftOut: 0, isCut: true });
  expect(linesOf(window)).toEqual(["bc", "d"]);
});

test("a colour that a line leaves on is on in the next", () => {
  const { lines } = addText(NO_LINES, `${ESC}[31mTraceback\n  in main\n${ESC}[0mok\nplain\n`, 9);
  expect(lines.map((line) => spansOf(line)[0])).toEqual([
    { text: "Traceback", colour: 1, isBold: false },
    { text: "  in main", colour: 1, isBold: false },
    { text: "ok", colour: null, isBold: false },
    { text: "plain", colour: null, isBold: false },
  ]);
});

test("a line without an end takes no more than so many characters, however it comes", () => {
  let window = NO_LINES;
  for (let i = 0; i < 30; i++) window = addText(window, "x".repeat(1000), 9);
  expect(window.rest).toHaveLength(MOST_SIGNS);
  expect(linesOf(window)[0]).toBe(`${"x".repeat(MOST_SIGNS)} … and 20,000 more characters`);
  window = addText(window, "y\nnext", 9);
  expect(linesOf(window)).toEqual([`${"x".repeat(MOST_SIGNS)} … and 20,001 more characters`, "next"]);
});

test("a progress bar keeps its last state alone, however it comes", () => {
  let window = NO_LINES;
  for (let i = 0; i <= 5000; i++) window = addText(window, i % 2 ? `\r${i} of 5000` : `\r${i} of `, 9);
  expect(window.rest.length).toBeLessThan(40);
  expect(linesOf(addText(window, "5000", 9)).map(plainLine)).toEqual(["5000 of 5000"]);
  expect(linesOf(addText(addText(NO_LINES, "10%\r", 9), "20%\r", 9)).map(plainLine)).toEqual(["20%"]);
  expect(linesOf(addText(addText(NO_LINES, "a\r", 9), "\nb", 9)).map(plainLine)).toEqual(["a", "b"]);
});
