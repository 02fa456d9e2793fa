/** Numbers that look random and are the same on every visit. */

/** A 32-bit mix of any number of integers (after MurmurHash3's finaliser). */
export function mix(...parts: number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ (part | 0), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** 0 <= u < 1 */
export function unit(...parts: number[]): number {
  return mix(...parts) / 2 ** 32;
}

/** A bell around 0 with deviation 1, near enough. */
export function bell(...parts: number[]): number {
  const u = unit(...parts, 1) + unit(...parts, 2) + unit(...parts, 3) + unit(...parts, 4);
  return (u - 2) * Math.sqrt(3);
}

export function pick<T>(items: readonly T[], ...parts: number[]): T {
  return items[Math.floor(unit(...parts) * items.length)] as T;
}

export function textHash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h >>> 0;
}
