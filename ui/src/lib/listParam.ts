/** Lists and small maps in the address bar: readable, and safe for any key. */

const escape = (text: string) => text.replace(/[%,~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
const unescape = (text: string) =>
  text.replace(/%(25|2c|7e)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

export function writeList(items: readonly string[]): string {
  return items.map(escape).join(",");
}

export function readList(text: string | undefined): string[] {
  return text ? text.split(",").map(unescape) : [];
}

/** `loss~120,lr~80` */
export function writeNumbers(map: Readonly<Record<string, number>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${escape(key)}~${value}`)
    .join(",");
}

export function readNumbers(text: string | undefined): Record<string, number> {
  const map: Record<string, number> = {};
  for (const item of text?.split(",") ?? []) {
    const [key, value] = item.split("~");
    const number = Number(value);
    if (key && Number.isFinite(number)) map[unescape(key)] = number;
  }
  return map;
}
