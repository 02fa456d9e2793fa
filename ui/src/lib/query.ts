/** The query part of the address: flat, all text, and as readable as the standard allows. */

export type Query = Record<string, string | undefined>;

/** The ids that an address names, with commas between. */
export function readIds(text: string): string[] {
  return text.split(",").filter(Boolean);
}

export function readQuery(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Empty and missing values are left out. */
export function writeQuery(query: Query): string {
  const parts = Object.entries(query)
    .filter((entry): entry is [string, string] => Boolean(entry[1]))
    .map(([key, value]) => `${encodeURIComponent(key)}=${readable(value)}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

function readable(value: string): string {
  return encodeURIComponent(value).replace(/%(2C|2F|3A|7E|27|28|29|3C|3E|3D)/gi, (code) => {
    const char = decodeURIComponent(code);
    // `<`, `>` and quotes are legal to read but would be escaped again by the browser's address bar.
    return "<>'".includes(char) ? code : char;
  }).replaceAll("%20", "+");
}

/** Addresses that MLflow's clients print (`/#/experiments/1/runs/abc`) as ours; null for anything else. */
export function fromMlflowHash(hash: string): string | null {
  const match = /^#\/experiments\/([^/?]+)(?:\/runs\/([^/?]+))?/.exec(hash);
  if (match) return match[2] ? `/runs/${match[2]}` : `/experiments/${match[1]}`;
  const model = /^#\/models\/([^/?]+)(?:\/versions\/([^/?]+))?/.exec(hash);
  if (model) return model[2] ? `/models/${model[1]}/${model[2]}` : `/models/${model[1]}`;
  if (hash.startsWith("#/models")) return "/models";
  return hash === "#/" || hash.startsWith("#/experiments") ? "/experiments" : null;
}
