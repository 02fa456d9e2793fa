/** How large an image is once it is unpacked, by its first bytes: a few kilobytes may stand for gigabytes of pixels. */

export interface ImageSize {
  width: number;
  height: number;
}

/** Four bytes each: what a browser needs to show it. */
export const MOST_PIXELS = 64 * 1024 * 1024;

/** Null for what is no image of a known kind, and for one that does not say its size in these bytes. */
export function imageSize(bytes: Uint8Array): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return KINDS.map((read) => read(view)).find((size) => size !== null) ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const text = (view: DataView, at: number, length: number) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, Math.max(0, Math.min(length, view.byteLength - at))));

/** W3C PNG, "IHDR Image header". */
function png(view: DataView): ImageSize | null {
  return text(view, 1, 3) === "PNG" ? { width: view.getUint32(16), height: view.getUint32(20) } : null;
}

/** ITU-T T.81, annex B: the frame header among the segments before the picture. */
function jpeg(view: DataView): ImageSize | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  for (;;) {
    const marker = view.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (marker < 0xff01) return null;
    at += marker === 0xffff ? 1 : 2 + view.getUint16(at + 2);
  }
}

function gif(view: DataView): ImageSize | null {
  return text(view, 0, 4) === "GIF8" ? { width: view.getUint16(6, true), height: view.getUint16(8, true) } : null;
}

function bmp(view: DataView): ImageSize | null {
  if (text(view, 0, 2) !== "BM") return null;
  if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
}

/** RFC 9649: lossy, lossless, extended. */
function webp(view: DataView): ImageSize | null {
  if (text(view, 8, 4) !== "WEBP") return null;
  const three = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  switch (text(view, 12, 4)) {
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: three(24) + 1, height: three(27) + 1 };
    default:
      return null;
  }
}

/** ISO 23008-12, 6.5.3: of the pictures that the file is made of, the largest. */
function avif(view: DataView): ImageSize | null {
  if (text(view, 4, 4) !== "ftyp") return null;
  let largest: ImageSize | null = null;
  for (let at = 8; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69737065) continue; // "ispe"
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

const KINDS = [png, jpeg, gif, bmp, webp, avif];
