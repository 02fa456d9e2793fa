/** Workspaces in addresses: `w/vision/models` is the page `models` in the workspace `vision`. */

export const DEFAULT_WORKSPACE = "default";

const FOLDER = "w/";
/** Pages that every workspace has, on which one stays when one goes to another. */
const SECTIONS = new Set(["experiments", "models", "projects", "jobs", "trash", "workspaces"]);

/**
 * The workspace that a path names; empty: none, so calls are made in that of the caller.
 *
 * @param home path of this server's pages, with a final slash
 */
export function workspaceIn(path: string, home: string): string {
  const page = path.slice(home.length);
  return page.startsWith(FOLDER) ? decoded(page.slice(FOLDER.length).split("/", 1)[0] ?? "") : "";
}

/** The path of a page in a workspace. */
export function pathIn(home: string, workspace: string, page = ""): string {
  return workspace ? `${home}${FOLDER}${encodeURIComponent(workspace)}/${page}` : home + page;
}

/** The page of the same kind elsewhere: a list leads to the list there, one record to nothing that is there. */
export function sectionOf(page: string): string {
  const first = page.replace(/^\/+/, "").split("/", 1)[0] ?? "";
  return SECTIONS.has(first) ? first : "experiments";
}

/** Where a name holds, as grants call it: `workspace:vision/model:churn`, and `model:churn` in the default workspace. */
export function placeIn(workspace: string, kind: "model" | "folder" | "project" | "target" | "dataset", name: string): string {
  const place = `${kind}:${name}`;
  return workspace && workspace !== DEFAULT_WORKSPACE ? `workspace:${workspace}/${place}` : place;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
