/** Places and subjects of grants, in words. */

/** `group:vision` in words. */
export function subjectWord(subject: string): string {
  const { kind, key } = parts(subject);
  if (kind === "everyone") return "Everyone";
  return kind === "group" ? `Group ${key}` : key;
}

/** Where a grant lies, seen from a record below it. */
export function placeWord(place: string): string {
  const { kind, key } = parts(place);
  if (kind === "everything") return "everything";
  if (kind === "folder") return `the folder ${key}`;
  return kind === "model" ? `the model ${key}` : "this experiment";
}

export function parts(text: string): { kind: string; key: string } {
  const at = text.indexOf(":");
  return at < 0 ? { kind: text, key: "" } : { kind: text.slice(0, at), key: text.slice(at + 1) };
}
