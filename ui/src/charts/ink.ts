/** The colours of a picture, as the theme has them. */

export interface Ink {
  ground: string;
  text: string;
  axis: string;
  grid: string;
  accent: string;
  /** For what is there but not looked at. */
  faint: string;
}

/** Custom properties that hold `light-dark()` become a colour only on a real property. */
export function resolved(at: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  at.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

export function readInk(at: HTMLElement): Ink {
  const read = (name: string) => resolved(at, name);
  return { ground: read("--ground"), text: read("--text"), axis: read("--chart-axis"), grid: read("--chart-grid"), accent: read("--accent"), faint: read("--chart-faint") };
}
