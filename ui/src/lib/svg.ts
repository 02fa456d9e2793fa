/** Drawings that would keep a browser busy for ever: each part shows the one before it ten times, and so on. */
import { count } from "./format";

const MOST_PARTS = 100_000;
const REFERENCE = /url\(\s*["']?#([^"')\s]+)/g;

/** Why a drawing is not shown; null for one that can be. */
export function problemOfDrawing(text: string): string | null {
  if (text.startsWith("\x1f")) return "it is compressed";
  if (/<!ENTITY/i.test(text)) return "it defines entities";
  const document = new DOMParser().parseFromString(text, "image/svg+xml");
  if (document.documentElement.localName !== "svg" || document.querySelector("parsererror")) return "it is no well-formed drawing";
  try {
    return weigh(document) > MOST_PARTS ? `it is made of more than ${count(MOST_PARTS)} parts` : null;
  } catch (error) {
    if (error instanceof RangeError) return "its parts lie too deep in each other";
    throw error;
  }
}

/** How many parts are drawn, those counted again that others show. */
function weigh(document: Document): number {
  const known = new Map<Element, number>();
  const weight = (element: Element): number => {
    const found = known.get(element);
    if (found !== undefined) return found;
    known.set(element, 0); // a part that shows itself is not drawn
    let sum = 1;
    for (const child of element.children) sum += weight(child);
    for (const id of shownBy(element)) {
      const shown = document.getElementById(id);
      if (shown) sum += weight(shown);
    }
    known.set(element, sum);
    return sum;
  };
  return weight(document.documentElement);
}

function shownBy(element: Element): string[] {
  const ids: string[] = [];
  for (const { localName, value } of element.attributes) {
    if (localName === "href" && value.startsWith("#")) ids.push(value.slice(1));
    else if (value.includes("url(")) ids.push(...Array.from(value.matchAll(REFERENCE), (match) => match[1] ?? ""));
  }
  return ids;
}
