import { expect, it } from "vitest";
import { imageSize } from "./imageSize";

const bytes = (...parts: (string | number[])[]) => new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? Array.from(part, (char) => char.charCodeAt(0)) : part)));
const zeros = (n: number) => Array.from({ length: n }, () => 0);

it.each([
  ["PNG", bytes([0x89], "PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 0xea, 0x60, 0, 0, 0, 2]), { width: 60_000, height: 2 }],
  ["JPEG", bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xff, 0xc2, 0, 17, 8, 0xea, 0x60, 0, 3]), { width: 3, height: 60_000 }],
  ["GIF", bytes("GIF89a", [0x60, 0xea, 4, 0]), { width: 60_000, height: 4 }],
  ["BMP", bytes("BM", zeros(12), [40, 0, 0, 0, 0x60, 0xea, 0, 0, 0xfb, 0xff, 0xff, 0xff]), { width: 60_000, height: 5 }],
  ["old BMP", bytes("BM", zeros(12), [12, 0, 0, 0, 7, 0, 8, 0]), { width: 7, height: 8 }],
  ["WebP", bytes("RIFF", zeros(4), "WEBPVP8 ", zeros(10), [0xff, 0x3f, 6, 0]), { width: 16_383, height: 6 }],
  ["WebP without loss", bytes("RIFF", zeros(4), "WEBPVP8L", zeros(5), [0xff, 0x3f, 0, 0]), { width: 16_384, height: 1 }],
  ["extended WebP", bytes("RIFF", zeros(4), "WEBPVP8X", zeros(8), [0xff, 0xff, 0xff, 1, 0, 0]), { width: 16_777_216, height: 2 }],
  ["AVIF", bytes(zeros(4), "ftypavif", zeros(8), "ispe", zeros(4), [0, 0, 0, 1, 0, 0, 0, 1], "ispe", zeros(4), [0, 0, 0xea, 0x60, 0, 0, 0, 9], zeros(8)), { width: 60_000, height: 9 }],
])("reads the size of %s", (_, head, size) => {
  expect(imageSize(head)).toEqual(size);
});

it.each([
  ["nothing", bytes()],
  ["a text", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")],
  ["a head that is cut", bytes([0x89], "PNG\r\n\x1a\n", [0, 0])],
  ["a JPEG without an end", bytes([0xff, 0xd8], ...Array.from({ length: 40 }, () => [0xff, 0xe1, 0, 2]))],
  ["a JPEG of something else", bytes([0xff, 0xd8, 0, 0, 0, 0])],
])("knows no size of %s", (_, head) => {
  expect(imageSize(head)).toBeNull();
});
