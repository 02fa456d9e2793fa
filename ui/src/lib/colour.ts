/**
 * Colours of runs: one ordered list per theme. The first eight stay apart for the three common kinds of colour
 * blindness, all keep 3:1 against their ground; among those that follow, no two neighbours are dark.
 */

const LIGHT = [
  "#3764cd", "#f55e07", "#27a164", "#b72280", "#ac6735", "#876df9", "#e1629c", "#256c55",
  "#3022a9", "#765ca2", "#899207", "#7b0f2e", "#795625", "#ba60c2", "#6983dd", "#602171",
  "#458a71", "#6642b2", "#b77dbb", "#802765",
];
const DARK = [
  "#73a9f9", "#ca4a27", "#f2cf24", "#2ae0c5", "#9b56c2", "#d9909f", "#9bb611", "#3b8b70",
  "#b2d497", "#a99855", "#96ceff", "#917db8", "#268beb", "#50cec9", "#c76486", "#c591d5",
  "#eba66d", "#a95997", "#68a981", "#b47d06",
];

export const PALETTE_SIZE = LIGHT.length;

export function paletteColour(slot: number, theme: "light" | "dark"): string {
  const list = theme === "light" ? LIGHT : DARK;
  return list[slot % list.length] as string;
}

/** Relative luminance of sRGB, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((c) => {
    const v = c / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function channels(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The same colour, partly see-through: `#rrggbb` and 0..1. */
export function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255).toString(16).padStart(2, "0")}`;
}

/** A ramp for values from 0 (faint) to 1 (strong), of one hue so that everybody can read it. */
export function ramp(value: number, theme: "light" | "dark"): string {
  const at = Math.min(1, Math.max(0, value));
  const [from, to] = theme === "light" ? ["#c9cfd8", "#2447c4"] : ["#3a424d", "#a9bbff"];
  const [a, b] = [channels(from as string), channels(to as string)];
  return `#${a.map((c, i) => Math.round(c + ((b[i] as number) - c) * at ** 2).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Hands out colours so that a run keeps its own on every page: a run gets the least used slot when it is first
 * drawn. The map is plain data, so the caller may keep it.
 */
export function assignSlots(slots: Map<string, number>, ids: readonly string[]): void {
  const used = new Array<number>(PALETTE_SIZE).fill(0);
  const wanted = new Set(ids);
  for (const [id, slot] of slots) if (wanted.has(id)) used[slot % PALETTE_SIZE]! += 1;
  for (const id of ids) {
    if (slots.has(id)) continue;
    let best = 0;
    for (let i = 1; i < PALETTE_SIZE; i++) if ((used[i] as number) < (used[best] as number)) best = i;
    slots.set(id, best);
    used[best]! += 1;
  }
}
