/** Files that are small and want to be large: what a page shows of them has an end, and they can still be downloaded. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./server";

const FILES = `
import gzip, json, struct, zlib
import runfold

def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")

def parquet(n_values):
    """One column whose first page holds as many times the same value, in a run of a few bytes (Apache Parquet, Thrift compact)."""
    def varint(n):
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])
    number = lambda step, n, kind=5: bytes([step << 4 | kind]) + varint(2 * n)
    text = lambda step, value: bytes([step << 4 | 8, len(value)]) + value
    some = lambda step, kind, *items: bytes([step << 4 | 9, len(items) << 4 | kind]) + b"".join(items)
    inside = lambda step, *fields: bytes([step << 4 | 12]) + b"".join(fields) + b"\\0"
    data = struct.pack("<I", 6) + varint(n_values << 1)[:5].ljust(5, b"\\0") + b"\\1"
    header = number(1, 0) + number(1, len(data)) + number(1, len(data))
    header += inside(2, number(1, n_values), number(1, 0), number(1, 3), number(1, 3)) + b"\\0"
    page = header + data
    column = number(1, 1) + some(1, 5, b"\\0") + some(1, 8, b"\\1n") + number(1, 0) + number(1, n_values, 6)
    column += number(1, len(page), 6) + number(1, len(page), 6) + number(2, 4, 6)
    group = some(1, 12, number(2, 4, 6) + inside(1, column) + b"\\0") + number(1, len(page), 6) + number(1, n_values, 6) + b"\\0"
    schema = text(4, b"root") + number(1, 1) + b"\\0", number(1, 1) + number(2, 1) + text(1, b"n") + b"\\0"
    footer = number(1, 1) + some(1, 12, *schema) + number(1, n_values, 6) + some(1, 12, group) + b"\\0"
    return b"PAR1" + page + footer + struct.pack("<I", len(footer)) + b"PAR1"

drawing = '<svg xmlns="http://www.w3.org/2000/svg"><g id="a0"><rect width="1" height="1"/></g>'
drawing += "".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(12)) + "</svg>"
notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [{"data": {"text/html": "<script>alert(1)</script>"}}]}]}

runfold.set_experiment("bombs")
with runfold.start_run(run_name="bombs"):
    for name, content in {
        "pixels.png": png(60_000, 60_000), "fine.png": png(3, 2), "values.parquet": parquet(2**31 - 1), "laughs.svg": drawing.encode(),
        "packed.svg": gzip.compress(b"<svg/>"), "deep.json": b"[" * 250_000 + b"]" * 250_000, "wide.csv": b"a," * 200_000,
        "stars.md": b"**" * 200_000, "lines.diff": b"+\\n" * 250_000, "book.ipynb": json.dumps(notebook).encode(),
        "names.json": json.dumps({"columns": ["a"] * 50_000, "data": [["b"] * 50_000]}).encode(),
    }.items():
        open(name, "wb").write(content)
        runfold.log_artifact(name)
`;
/** A file, and what the page says of it. */
const TOLD: [string, RegExp][] = [
  ["pixels.png", /60\s000 × 60\s000 pixels, too many to show here; the file can be downloaded/],
  ["values.parquet", /the file can be downloaded/],
  ["laughs.svg", /more than 100\s000 parts\. It can be downloaded/],
  ["packed.svg", /it is compressed\. It can be downloaded/],
  ["deep.json", /\[\[\[\[/],
  ["wide.csv", /200 of 200\s001 columns/],
  ["names.json", /200 of 50\s000 columns/],
  ["stars.md", /The first 64\.0\sKiB of the file/],
  ["lines.diff", /The first 5000 lines/],
  ["book.ipynb", /<script>alert\(1\)<\/script>/],
];

test("bombs do not go off", async ({ page, server, problems }) => {
  test.setTimeout(180_000);
  server.run(FILES);
  page.on("dialog", (dialog) => {
    throw new Error(`A script ran: ${dialog.message()}`);
  });
  await page.goto("/experiments");
  await page.getByRole("link", { name: "bombs" }).click();
  await page.getByRole("link", { name: "bombs" }).last().click();
  await page.getByRole("tab", { name: "Artifacts" }).click();
  for (const [name, told] of TOLD) {
    await page.getByRole("treeitem", { name }).click();
    await expect(page.locator("main")).toContainText(told, { timeout: 30_000 });
  }
  // The page still works, and what is whole is shown.
  await page.getByRole("treeitem", { name: "fine.png" }).click();
  await expect(page.getByRole("img", { name: "fine.png" })).toBeVisible();
  await page.getByRole("treeitem", { name: "pixels.png" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /download/i }).first().click()]);
  expect(statSync(await download.path()).size).toBe(statSync(join(server.folder, "pixels.png")).size);
  expect(problems).toEqual([]);
});
