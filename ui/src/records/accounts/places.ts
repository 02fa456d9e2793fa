/** Places and subjects of grants, in words. */

/** `group:vision` in words. */
export function subjectWord(subject: string): string {
  const { kind, key } = parts(subject);
  if (kind === "everyone") return "Everyone";
  return kind === "group" ? `Group ${key}` : key;
}

/** Where a grant lies, seen from a record below it. Names may lie in a workspace: `workspace:vision/model:churn`. */
export function placeWord(place: string): string {
  const { kind, key } = parts(place);
  if (kind === "everything") return "everything";
  const slash = kind === "workspace" ? key.indexOf("/") : -1;
  if (slash >= 0) return placeWord(key.slice(slash + 1));
  if (kind === "workspace") return `the workspace ${key}`;
  if (kind === "folder") return `the folder ${key}`;
  return kind === "experiment" ? "this experiment" : `the ${kind} ${key}`;
}

export function parts(text: string): { kind: string; key: string } {
  const at = text.indexOf(":");
  return at < 0 ? { kind: text, key: "" } : { kind: text.slice(0, at), key: text.slice(at + 1) };
}
