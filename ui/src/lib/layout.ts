/** How charts are laid out: sections of panels. It lives in the address, and so in saved views. */

export type PanelKind = "line" | "scatter" | "bar" | "box" | "parallel" | "importance" | "correlation" | "contour";

export interface Panel {
  /** Told from what it shows; the same after the page is opened again. */
  id: string;
  kind: PanelKind;
  /** A metric's key. */
  y: string;
  /** Further metrics in the same picture; of lines alone. */
  also: readonly string[];
  /** A field: across, or what is drawn apart. */
  x: string;
  /** A further field, where a kind has three. */
  z: string;
  /** What people call it; empty: what it shows. */
  name: string;
  /** Columns of the board. */
  w: number;
  /** Pixels; 0: as its kind wants. */
  h: number;
  isLog: boolean;
  isLogX: boolean;
}

export interface Section {
  name: string;
  isClosed: boolean;
  panels: Panel[];
}

export type Layout = readonly Section[];

const KINDS: readonly PanelKind[] = ["line", "scatter", "bar", "box", "parallel", "importance", "correlation", "contour"];
export const MOST_COLUMNS = 8;
/** As many as strokes that can be told apart. */
export const MOST_METRICS = 6;
export const HEIGHTS = { least: 120, most: 900, step: 20 } as const;

export function makePanel(kind: PanelKind, y: string, rest: Partial<Panel> = {}): Panel {
  return { id: "", kind, y, also: [], x: "", z: "", name: "", w: kind === "line" ? 1 : 2, h: 0, isLog: false, isLogX: false, ...rest };
}

/** Panels get ids in the order they stand; equal ones are numbered. */
function withIds(layout: Layout): Section[] {
  const seen = new Map<string, number>();
  return layout.map((section) => ({
    ...section,
    panels: section.panels.map((panel) => {
      const base = [panel.kind, panel.y, panel.x, panel.z].join("\u0001");
      const n = seen.get(base) ?? 0;
      seen.set(base, n + 1);
      return { ...panel, id: n ? `${base}\u0001${n}` : base };
    }),
  }));
}

type Written = [name: string, isClosed: 0 | 1, panels: [kind: number, y: string, more?: Record<string, string | number | readonly string[]>][]];

/** As short as it reads back whole: what is as usual is left out. */
export function writeLayout(layout: Layout): string {
  return JSON.stringify(
    layout.map((section): Written => [
      section.name,
      section.isClosed ? 1 : 0,
      section.panels.map((panel) => {
        const usual = makePanel(panel.kind, panel.y);
        const more = Object.fromEntries((["x", "z", "name", "w", "h"] as const).filter((key) => panel[key] !== usual[key]).map((key) => [key, panel[key]]));
        const all = { ...more, ...(panel.also.length ? { also: panel.also } : {}), ...(panel.isLog ? { log: 1 } : {}), ...(panel.isLogX ? { logx: 1 } : {}) };
        const kind = KINDS.indexOf(panel.kind);
        return Object.keys(all).length ? [kind, panel.y, all] : [kind, panel.y];
      }),
    ]),
  );
}

/** Null for none, and for a text that is no layout: an address may be cut short. */
export function readLayout(text: string | undefined): Section[] | null {
  if (!text) return null;
  try {
    const sections = JSON.parse(text) as Written[];
    return withIds(
      sections.map(([name, isClosed, panels]) => ({
        name: String(name),
        isClosed: isClosed === 1,
        panels: panels.map(([kind, y, more = {}]) => {
          const wanted = KINDS[kind];
          if (!wanted) throw new SyntaxError(`no kind ${kind}`);
          const { x, z, name: own, w, h, log, logx, also } = more;
          const usual = makePanel(wanted, String(y));
          return {
            ...usual,
            also: Array.isArray(also) ? also.map(String).slice(0, MOST_METRICS - 1) : [],
            x: String(x ?? ""),
            z: String(z ?? ""),
            name: String(own ?? ""),
            w: clamp(Math.round(Number(w)) || usual.w, 1, MOST_COLUMNS),
            h: h ? clamp(Number(h) || 0, HEIGHTS.least, HEIGHTS.most) : 0,
            isLog: log === 1,
            isLogX: logx === 1,
          };
        }),
      })),
    );
  } catch {
    return null;
  }
}

export function metricsOf(panel: Panel): string[] {
  return [panel.y, ...panel.also];
}

/** Draws a metric with the others of a panel, or no longer; one always stays. */
export function toggleMetric(panel: Panel, key: string): Pick<Panel, "y" | "also"> {
  const before = metricsOf(panel);
  const [y = panel.y, ...also] = before.includes(key) ? before.filter((one) => one !== key) : [...before, key].slice(0, MOST_METRICS);
  return { y, also };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

export function mapPanels(layout: Layout, change: (panel: Panel) => Panel | null): Section[] {
  return withIds(layout.map((section) => ({ ...section, panels: section.panels.flatMap((panel) => change(panel) ?? []) })));
}

export function changePanel(layout: Layout, id: string, patch: Partial<Panel>): Section[] {
  return mapPanels(layout, (panel) => (panel.id === id ? { ...panel, ...patch } : panel));
}

export function removePanel(layout: Layout, id: string): Section[] {
  return mapPanels(layout, (panel) => (panel.id === id ? null : panel));
}

/** Into the section, before the panel that stands at the place; at the end without a place. */
export function addPanel(layout: Layout, panel: Panel, section: number, place = Infinity): Section[] {
  const sections = layout.length ? layout : [{ name: "Charts", isClosed: false, panels: [] }];
  const into = clamp(section, 0, sections.length - 1);
  return withIds(sections.map((s, at) => (at === into ? { ...s, isClosed: false, panels: s.panels.toSpliced(place, 0, panel) } : s)));
}

export function findPanel(layout: Layout, id: string): { section: number; place: number } | null {
  for (const [section, { panels }] of layout.entries()) {
    const place = panels.findIndex((panel) => panel.id === id);
    if (place >= 0) return { section, place };
  }
  return null;
}

/** Takes a panel out and puts it to a place as the layout was before. */
export function movePanel(layout: Layout, id: string, section: number, place: number): Section[] {
  const from = findPanel(layout, id);
  const panel = from && layout[from.section]?.panels[from.place];
  if (!panel) return [...layout];
  const without = layout.map((s) => ({ ...s, panels: s.panels.filter((p) => p !== panel) }));
  return addPanel(without, panel, section, from.section === section && from.place < place ? place - 1 : place);
}

/** One place on in the order of reading, over the bounds of sections. */
export function nudgePanel(layout: Layout, id: string, by: 1 | -1): Section[] {
  const from = findPanel(layout, id);
  if (!from) return [...layout];
  const length = layout[from.section]?.panels.length ?? 0;
  if (by < 0 && from.place === 0) return from.section > 0 ? movePanel(layout, id, from.section - 1, layout[from.section - 1]?.panels.length ?? 0) : [...layout];
  if (by > 0 && from.place === length - 1) return from.section < layout.length - 1 ? movePanel(layout, id, from.section + 1, 0) : [...layout];
  return movePanel(layout, id, from.section, by > 0 ? from.place + 2 : from.place - 1);
}

export function changeSection(layout: Layout, at: number, patch: Partial<Section>): Section[] {
  return layout.map((section, index) => (index === at ? { ...section, ...patch } : section));
}

export function addSection(layout: Layout, name: string): Section[] {
  return [...layout, { name, isClosed: false, panels: [] }];
}

export function moveSection(layout: Layout, at: number, by: 1 | -1): Section[] {
  const section = layout[at];
  const to = at + by;
  if (!section || to < 0 || to >= layout.length) return [...layout];
  return layout.toSpliced(at, 1).toSpliced(to, 0, section);
}

export function removeSection(layout: Layout, at: number): Section[] {
  return withIds(layout.toSpliced(at, 1));
}
