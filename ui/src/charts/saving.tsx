import { Clipboard, Download, Image } from "lucide-react";
import type { MenuEntry } from "../components/Menu";
import { saveBlob, saveText } from "../lib/saveFile";
import type { Frame } from "./frame";
import { type Ink, readInk } from "./ink";
import { type Drawing, type Mark, paint, toSvg } from "./marks";

/** How a chart leaves the page. */
export interface Saving {
  /** Of the file, and over the picture. */
  name: string;
  draw: (frame: Frame) => Drawing;
  csv: () => string;
  height?: number;
}

const WIDTH = 960;
const HEIGHT = 540;
const TITLE = 34;
/** Sharp in print and on dense screens. */
const RATIO = 2;

/** Entries of a menu: the chart as picture, as drawing, as numbers. */
export function savingEntries(saving: Saving, at: () => HTMLElement | null, said: { done: (what: string) => void; failed: (what: string, error: unknown) => void }): MenuEntry[] {
  const withInk = (act: (ink: Ink) => void) => {
    const holder = at();
    if (holder) act(readInk(holder));
  };
  const tell = (what: string, act: Promise<void>) => void act.then(() => said.done(what), (error: unknown) => said.failed("Nothing was copied", error));
  // A page that came over plain HTTP from another machine may not write pictures to the clipboard.
  const canCopy = typeof ClipboardItem !== "undefined" && Boolean(navigator.clipboard);
  const file = saving.name.replace(/[^\p{L}\p{N}.-]+/gu, "_").slice(0, 80) || "chart";
  return [
    {
      label: "Copy picture",
      icon: <Clipboard size={14} />,
      disabled: !canCopy,
      onSelect: () => withInk((ink) => tell("Picture copied", navigator.clipboard.write([new ClipboardItem({ "image/png": toPng(saving, ink) })]))),
    },
    { label: "Copy data", icon: <Clipboard size={14} />, disabled: !navigator.clipboard, onSelect: () => tell("Data copied", navigator.clipboard.writeText(saving.csv())) },
    "line",
    { label: "Save as PNG", icon: <Image size={14} />, onSelect: () => withInk((ink) => void toPng(saving, ink).then((blob) => saveBlob(`${file}.png`, blob))) },
    { label: "Save as SVG", icon: <Image size={14} />, onSelect: () => withInk((ink) => saveText(`${file}.svg`, "image/svg+xml", toSvg(titled(saving, ink), ink.ground))) },
    { label: "Save as CSV", icon: <Download size={14} />, onSelect: () => saveText(`${file}.csv`, "text/csv", saving.csv()) },
  ];
}

function titled({ name, draw, height = HEIGHT }: Saving, ink: Ink): Drawing {
  const inner = draw({ width: WIDTH, height: height - TITLE, ink });
  const title: Mark = { kind: "text", x: 14, y: 22, text: name, colour: ink.text, size: 14, isBold: true };
  return { ...inner, height, marks: [title, ...inner.marks.map((mark) => lowered(mark, TITLE))] };
}

function lowered(mark: Mark, by: number): Mark {
  return mark.kind === "path" ? { ...mark, points: mark.points.map(([x, y]): [number, number] => [x, y + by]) } : { ...mark, y: mark.y + by };
}

function toPng(saving: Saving, ink: Ink): Promise<Blob> {
  const { width, height, marks } = titled(saving, ink);
  const canvas = document.createElement("canvas");
  canvas.width = width * RATIO;
  canvas.height = height * RATIO;
  const ctx = canvas.getContext("2d");
  if (!ctx) return Promise.reject(new Error("This browser gives no canvas to draw on"));
  ctx.scale(RATIO, RATIO);
  ctx.fillStyle = ink.ground;
  ctx.fillRect(0, 0, width, height);
  paint(ctx, marks);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large"))), "image/png"));
}
