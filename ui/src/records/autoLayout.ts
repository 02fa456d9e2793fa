/** The board as it lays itself out. */
import { keyGroup } from "../lib/field";
import { type Section, addPanel, makePanel } from "../lib/layout";

/** So many charts are seen at once and need no headings. */
const FEW = 6;
const OTHER = "Other";

/** Keys by the text before the slash; what stands alone stays together. The order is that of the first keys, the system's last. */
export function autoLayout(keys: readonly string[]): Section[] {
  const sizes = new Map<string, number>();
  for (const key of keys) sizes.set(keyGroup(key), (sizes.get(keyGroup(key)) ?? 0) + 1);
  const nameOf = (key: string) => {
    const group = keyGroup(key);
    if (keys.length <= FEW) return "";
    return group && ((sizes.get(group) ?? 0) > 1 || group === "system") ? group : OTHER;
  };
  const names = [...new Set(keys.map(nameOf))].sort((a, b) => Number(a === "system") - Number(b === "system"));
  const empty: Section[] = names.map((name) => ({ name: name === OTHER && names.length === 1 ? "" : name, isClosed: false, panels: [] }));
  return keys.reduce((layout, key) => addPanel(layout, makePanel("line", key), names.indexOf(nameOf(key))), empty);
}
