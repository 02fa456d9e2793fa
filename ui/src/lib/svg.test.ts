// @vitest-environment jsdom
import { expect, it } from "vitest";
import { problemOfDrawing } from "./svg";

const drawing = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${inside}</svg>`;
const tenfold = (show: (of: string) => string) =>
  drawing(`<g id="a0"><rect/></g>${Array.from({ length: 9 }, (_, at) => `<g id="a${at + 1}">${show(`a${at}`).repeat(10)}</g>`).join("")}`);

it.each([
  ["uses", tenfold((of) => `<use href="#${of}"/>`)],
  ["uses in the older spelling", tenfold((of) => `<use xlink:href="#${of}"/>`)],
  ["patterns", tenfold((of) => `<rect fill="url(#${of})"/>`)],
  ["masks by style", tenfold((of) => `<rect style="mask:url('#${of}')"/>`)],
])("refuses a drawing that grows tenfold by %s, again and again", (_, text) => {
  expect(problemOfDrawing(text)).toMatch(/parts/);
});

it("refuses entities, what is compressed, what is no drawing, and what lies too deep", () => {
  expect(problemOfDrawing(`<!DOCTYPE svg [<!ENTITY a "lol">]>${drawing("&a;")}`)).toBe("it defines entities");
  expect(problemOfDrawing("\x1f\x8b\x08")).toBe("it is compressed");
  expect(problemOfDrawing("<html/>")).toMatch(/no well-formed drawing/);
  expect(problemOfDrawing("<svg")).toMatch(/no well-formed drawing/);
});

it("shows what plots are made of, and what shows itself", () => {
  expect(problemOfDrawing(drawing(`<defs><path id="p"/></defs>${'<use href="#p"/>'.repeat(1000)}`))).toBeNull();
  expect(problemOfDrawing(drawing('<g id="a"><use href="#a"/></g>'))).toBeNull();
});
