/** Places and subjects of grants, in words. */
import { DEFAULT_WORKSPACE, placeIn } from "../../lib/workspaces";

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
  if (lastPart(place) !== place) return placeWord(lastPart(place));
  if (kind === "workspace") return `the workspace ${key}`;
  if (kind === "folder") return `the folder ${key}`;
  return kind === "experiment" ? "this experiment" : `the ${kind} ${key}`;
}

/** A place without the workspace that its name lies in. */
export function lastPart(place: string): string {
  const { kind, key } = parts(place);
  const slash = kind === "workspace" ? key.indexOf("/") : -1;
  return slash < 0 ? place : key.slice(slash + 1);
}

/** Where it is granted what is made in a folder or workspace from now on; null for other places. */
export function newIn(place: string): string | null {
  const { kind, key } = parts(place);
  if (kind === "folder") return `new:${key}`;
  if (kind !== "workspace") return null;
  const slash = key.indexOf("/");
  if (slash < 0) return key === DEFAULT_WORKSPACE ? "new" : `${place}/new`;
  const inside = newIn(key.slice(slash + 1));
  return inside && `workspace:${key.slice(0, slash)}/${inside}`;
}

export function parts(text: string): { kind: string; key: string } {
  const at = text.indexOf(":");
  return at < 0 ? { kind: text, key: "" } : { kind: text.slice(0, at), key: text.slice(at + 1) };
}

/** What a token can be limited to. */
export type PlaceKind = "experiment" | "model" | "project" | "target" | "dataset" | "folder" | "workspace";

/** A place by the name that somebody chose it by; null: an experiment that is not there. */
export function tokenPlace(kind: PlaceKind, name: string, workspace: string, experiments: readonly { id: string; name: string }[]): string | null {
  if (kind === "workspace") return `workspace:${name}`;
  if (kind !== "experiment") return placeIn(workspace, kind, kind === "folder" ? name.replace(/^\/+|\/+$/g, "") : name);
  const found = experiments.find((one) => one.name === name);
  return found ? `experiment:${found.id}` : null;
}

/** The folders that names lie in, outer ones before inner ones. */
export function foldersOf(names: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const name of names) for (let at = name.indexOf("/"); at > 0; at = name.indexOf("/", at + 1)) folders.add(name.slice(0, at));
  return [...folders].sort();
}
