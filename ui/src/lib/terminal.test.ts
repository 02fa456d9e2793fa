import { expect, test } from "vitest";
import { NO_LINES, addText, plainLine, spansOf } from "./terminal";

const ESC = "\u001b";

test("colours become spans, and everything else of a terminal goes", () => {
  expect(spansOf(`${ESC}[1;31mError${ESC}[0m: ${ESC}[38;5;208mx${ESC}[2K`)).toEqual([
    { text: "Error", colour: 1, isBold: true },
    { text: ": ", colour: null, isBold: false },
    { text: "x", colour: null, isBold: false },
  ]);
  expect(plainLine(`${ESC}]0;title\u0007a${ESC}[92mb\u0008`)).toBe("ab");
});

test("of a progress bar the last state is shown", () => {
  expect(plainLine(" 10%\r 50%\r100%\r")).toBe("100%");
  expect(plainLine("done\r")).toBe("done");
});

test("lines come piece by piece, and the oldest go", () => {
  let window = addText(NO_LINES, "a\nb", 2);
  expect(window).toEqual({ lines: ["a"], rest: "b", isCut: false });
  window = addText(window, "c\nd\n", 2);
  expect(window).toEqual({ lines: ["bc", "d"], rest: "", isCut: true });
});
