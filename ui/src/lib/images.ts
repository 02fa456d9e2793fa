/** Names under which clients keep series of images (MLflow's form: `images/<key>%step%<n>%timestamp%<ms>%<id>.png`). */

export interface ImageFile {
  path: string;
  key: string;
  step: number;
  timestampMs: number;
}

const NAME = /^images\/(.+?)%step%(-?\d+)%timestamp%(\d+)%[^/]*?\.(png|jpe?g|gif|webp|svg)$/i;

export function parseImage(path: string): ImageFile | null {
  const match = NAME.exec(path);
  if (!match || path.includes("%compressed")) return null;
  const [, key = "", step, timestamp] = match;
  // A slash in a key is kept as `#`, since it would make a folder.
  return { path, key: key.replaceAll("#", "/"), step: Number(step), timestampMs: Number(timestamp) };
}

/** By key; each series by step, then by time. */
export function imageSeries(paths: readonly string[]): Map<string, ImageFile[]> {
  const series = new Map<string, ImageFile[]>();
  for (const path of paths) {
    const image = parseImage(path);
    if (image) series.set(image.key, [...(series.get(image.key) ?? []), image]);
  }
  for (const images of series.values()) images.sort((a, b) => a.step - b.step || a.timestampMs - b.timestampMs);
  return series;
}
