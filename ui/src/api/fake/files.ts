/** Files of the made-up runs. */
import type { ArtifactEntry } from "../model";
import { bell, mix, unit } from "./random";

const TEXT: Readonly<Record<string, string>> = {
  "config.yaml": "model:\n  name: convnext-t\n  drop_path: 0.1\noptimizer:\n  name: adamw\n  lr: 0.001\n  weight_decay: 0.05\nepochs: 90\n",
  "report.md": "# Evaluation\n\nThe model improves on the baseline for **all** classes but two.\n\n| split | accuracy |\n| --- | --- |\n| val | 0.781 |\n| test | 0.774 |\n",
  "requirements.txt": "torch==2.9.0\nnumpy==2.3.1\nrunfold\ntimm==1.0.21\n",
  "model/MLmodel": "artifact_path: model\nflavors:\n  python_function:\n    loader_module: runfold.models.pyfunc\n    python_version: 3.12.4\nmodel_uuid: 1f0c4f2b9d7a4d5c\n",
  "model/conda.yaml": "channels:\n- conda-forge\ndependencies:\n- python=3.12.4\n- pip:\n  - torch==2.9.0\nname: model-env\n",
  "metrics.json": '{"accuracy": 0.781, "per_class": {"cat": 0.83, "dog": 0.79, "heron": 0.71}, "n": 50000}',
  "logs/output.log": Array.from(
    { length: 400 },
    (_, i) => `2026-11-0${1 + (i % 9)} 10:${String(i % 60).padStart(2, "0")}:07 epoch ${i} loss ${(4 * Math.exp(-i / 90) + 0.9).toFixed(4)}`,
  ).join("\n"),
  "confusion.csv": "actual,cat,dog,heron\ncat,830,120,50\ndog,150,790,60\nheron,90,200,710\n",
  "source/patch.diff":
    "diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -41,7 +41,7 @@\n     model = build(config)\n-    schedule = cosine(config.epochs)\n+    schedule = cosine(config.epochs, warmup=5)\n     for epoch in range(config.epochs):\n",
};

const IMAGE_STEPS = [0, 50, 100, 150, 200, 250, 300];

function imagePath(step: number): string {
  return `images/predictions%step%${step}%timestamp%${1_762_000_000_000 + step * 60_000}%${mix(step).toString(16)}.svg`;
}

const PATHS: readonly [string, number][] = [
  ...Object.entries(TEXT).map(([path, text]): [string, number] => [path, text.length]),
  ["model/data/model.safetensors", 114_381_056],
  ["plots/reliability.svg", 1800],
  ...IMAGE_STEPS.map((step): [string, number] => [imagePath(step), 2400]),
];

export function listFiles(path: string, isGone: (path: string) => boolean): ArtifactEntry[] {
  const prefix = path ? `${path}/` : "";
  const entries = new Map<string, ArtifactEntry>();
  for (const [file, size] of PATHS) {
    if (!file.startsWith(prefix) || isGone(file)) continue;
    const rest = file.slice(prefix.length);
    const slash = rest.indexOf("/");
    const child = prefix + (slash < 0 ? rest : rest.slice(0, slash));
    entries.set(child, { path: child, isDir: slash >= 0, size: slash < 0 ? size : null });
  }
  return [...entries.values()].sort((a, b) => a.path.localeCompare(b.path));
}

export function fileText(path: string): string | undefined {
  return TEXT[path] ?? (path.endsWith(".svg") ? drawing(path) : undefined);
}

export function fileUrl(runId: string, path: string): string {
  const text = path.endsWith(".svg") ? drawing(runId + path) : (TEXT[path] ?? "");
  const type = path.endsWith(".svg") ? "image/svg+xml" : "text/plain";
  return `data:${type};charset=utf-8,${encodeURIComponent(text)}`;
}

/** A grid of shades that sharpens with the step, so that a slider shows something. */
function drawing(name: string): string {
  const step = Number(/step%(\d+)/.exec(name)?.[1] ?? 300);
  const blur = 1 - step / 340;
  const cells = Array.from({ length: 144 }, (_, i) => {
    const [x, y] = [i % 12, Math.floor(i / 12)];
    const ring = Math.abs(Math.hypot(x - 5.5, y - 5.5) - 4) < 1.2 ? 1 : 0.15;
    const shade = Math.min(1, Math.max(0, ring * (1 - blur) + blur * (0.5 + 0.25 * bell(i, step, name.length)) + 0.05 * unit(i)));
    const grey = Math.round(255 * shade);
    return `<rect x="${x * 10}" y="${y * 10}" width="10" height="10" fill="rgb(${Math.round(grey * 0.55)},${Math.round(grey * 0.75)},${grey})"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="240" height="240">${cells.join("")}</svg>`;
}
