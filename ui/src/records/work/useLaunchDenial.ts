import { HERE } from "../../api/here";
import type { Work } from "../../api/work/model";
import type { Denial } from "../../components/denial";
import { placeIn } from "../../lib/workspaces";
import { placeHere, useRightsOf } from "../accounts/useRights";

/** What stands against a job, by where it would go: its project (or the workspace), its target, and the experiment of its run. */
export function useLaunchDenial({ project, target, experimentId }: Work): Denial | null {
  const places: [place: string, word: string][] = [
    project ? [placeIn(HERE, "project", project), `the project ${project}`] : [placeHere, ""],
    ...(target ? ([[placeIn(HERE, "target", target), `the target ${target}`]] as [string, string][]) : []),
    ...(experimentId ? ([[`experiment:${experimentId}`, "the experiment of its run"]] as [string, string][]) : []),
  ];
  const rights = useRightsOf(places.map(([place]) => place));
  for (const [place, word] of places) {
    const denied = rights(place).to("submitJobs");
    // Of several places, the words say which one it is.
    if (denied) return { ...denied, text: word ? denied.text.replace(" here.", ` of ${word}.`) : denied.text };
  }
  return null;
}
