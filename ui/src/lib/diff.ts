/** What differs between two texts, line by line. */

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

const MOST_LINES = 4000;

/** A shortest edit script (Myers 1986, greedy); texts beyond a size are compared by their lines' presence only. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  if (a.length + b.length > MOST_LINES) return roughDiff(a, b);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: "same", text }));
  return [
    ...same(a.slice(0, start)),
    ...myers(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

function myers(a: readonly string[], b: readonly string[]): DiffLine[] {
  const most = a.length + b.length;
  const trace: Map<number, number>[] = [];
  let v = new Map([[1, 0]]);
  for (let d = 0; d <= most; d++) {
    trace.push(v);
    const next = new Map(v);
    for (let k = -d; k <= d; k += 2) {
      const isDown = k === -d || (k !== d && (next.get(k - 1) ?? -1) < (next.get(k + 1) ?? -1));
      let x = isDown ? (next.get(k + 1) ?? 0) : (next.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, d);
    }
    v = next;
  }
  return [];
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Map<number, number>[], distance: number): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = distance; d >= 0; d--) {
    const v = trace[d] as Map<number, number>;
    const k = x - y;
    const isDown = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
    const previous = isDown ? k + 1 : k - 1;
    const px = d === 0 ? 0 : (v.get(previous) ?? 0);
    const py = d === 0 ? 0 : px - previous;
    while (x > px && y > py) {
      x -= 1;
      y -= 1;
      lines.push({ kind: "same", text: a[x] as string });
    }
    if (d === 0) break;
    if (isDown) lines.push({ kind: "added", text: b[(y -= 1)] as string });
    else lines.push({ kind: "removed", text: a[(x -= 1)] as string });
  }
  return lines.reverse();
}

function roughDiff(a: readonly string[], b: readonly string[]): DiffLine[] {
  const inA = new Set(a);
  const inB = new Set(b);
  return [
    ...a.filter((text) => !inB.has(text)).map((text): DiffLine => ({ kind: "removed", text })),
    ...b.filter((text) => !inA.has(text)).map((text): DiffLine => ({ kind: "added", text })),
  ];
}

export interface DiffGap {
  kind: "gap";
  n: number;
}

/** Long stretches of lines without a change become a gap, but for some lines beside each change. */
export function foldSame(lines: readonly DiffLine[], context = 3): (DiffLine | DiffGap)[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, at - context), at + context + 1);
  });
  const folded: (DiffLine | DiffGap)[] = [];
  lines.forEach((line, at) => {
    const last = folded.at(-1);
    if (near[at]) folded.push(line);
    else if (last?.kind === "gap") last.n += 1;
    else folded.push({ kind: "gap", n: 1 });
  });
  return folded;
}

export interface PackageChange {
  name: string;
  before: string | null;
  after: string | null;
}

/** Packages of two `name==version` lists that differ, by name. */
export function diffPackages(before: string, after: string): PackageChange[] {
  const [a, b] = [packages(before), packages(after)];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names
    .map((name) => ({ name, before: a.get(name) ?? null, after: b.get(name) ?? null }))
    .filter((change) => change.before !== change.after);
}

function packages(text: string): Map<string, string> {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  return new Map(
    lines.map((line): [string, string] => {
      const [name = line, version = ""] = line.split("==");
      return [name.toLowerCase(), version];
    }),
  );
}
