import { describe, expect, it } from "vitest";
import { PALETTE_SIZE, assignSlots, channels, contrast, paletteColour } from "./colour";

const GROUND = { light: "#ffffff", dark: "#101317" } as const;
const SLOTS = Array.from({ length: PALETTE_SIZE }, (_, i) => i);

/** Matrices on linear RGB for full deficiency (Machado, Oliveira and Fernandes 2009, severity 1.0). */
const DEFICIENCY = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);

function lab(hex: string, m: number[]): [number, number, number] {
  const rgb = channels(hex).map(linear);
  const [r, g, b] = [0, 3, 6].map((at) =>
    Math.min(1, Math.max(0, m[at]! * rgb[0]! + m[at + 1]! * rgb[1]! + m[at + 2]! * rgb[2]!)),
  ) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const mm = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * mm - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * mm + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * mm - 0.808675766 * s,
  ];
}

function distance(a: string, b: string, m: number[]): number {
  const [x, y] = [lab(a, m), lab(b, m)];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

describe.each(["light", "dark"] as const)("the %s list", (theme) => {
  it("keeps 3:1 against its ground", () => {
    const weak = SLOTS.map((s) => paletteColour(s, theme)).filter((c) => contrast(c, GROUND[theme]) < 3);
    expect(weak).toEqual([]);
  });

  it.each(Object.entries(DEFICIENCY))("keeps the first eight apart for %s eyes", (_, matrix) => {
    const close: string[] = [];
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < i; j++) {
        const d = distance(paletteColour(i, theme), paletteColour(j, theme), matrix);
        if (d < 0.045) close.push(`${j}-${i}: ${d.toFixed(3)}`);
      }
    expect(close).toEqual([]);
  });
});

it("has no two dark colours side by side on the light ground", () => {
  const isDark = (slot: number) => contrast(paletteColour(slot, "light"), GROUND.light) > 9;
  expect(SLOTS.filter((slot) => isDark(slot) && isDark((slot + 1) % PALETTE_SIZE))).toEqual([]);
});

it("keeps a run's colour and gives new runs the least used ones", () => {
  const slots = new Map([["a", 1]]);
  assignSlots(slots, ["a", "b", "c"]);
  expect([...slots]).toEqual([["a", 1], ["b", 0], ["c", 2]]);
});
