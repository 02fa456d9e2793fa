import { HERE } from "../../api/here";
import type { Denial } from "../../components/denial";
import { leaves } from "../../lib/tree";
import { placeIn } from "../../lib/workspaces";
import { denialOfSome } from "../../records/accounts/denials";
import { useRightsOf } from "../../records/accounts/useRights";
import type { ExperimentNode } from "./experimentRows";

export interface NodeRights {
  /** Of the experiment itself, where the row is one. */
  editItem: Denial | null;
  /** All experiments below are moved, or none. */
  move: Denial | null;
  remove: Denial | null;
  /** In the folder. */
  begin: Denial | null;
}

const ALL: NodeRights = { editItem: null, move: null, remove: null, begin: null };

/** What who sits here may do with a row: a folder moves and goes as a whole, so everything in it counts. */
export function useNodeRights(node: ExperimentNode | undefined): NodeRights {
  const experiments = node ? leaves(node) : [];
  const folder = node?.children.length ? placeIn(HERE, "folder", node.path) : "";
  const rights = useRightsOf([...experiments.map(({ id }) => `experiment:${id}`), ...(folder ? [folder] : [])]);
  if (!node) return ALL;
  const own = experiments.map(({ id, name }) => ({ name, ...rights(`experiment:${id}`) }));
  return {
    editItem: node.item ? rights(`experiment:${node.item.id}`).to("describeExperiment") : null,
    move: denialOfSome(own.map(({ name, to }) => [name, to("renameExperiment")] as const), "experiments"),
    remove: denialOfSome(own.map(({ name, to }) => [name, to("deleteExperiment")] as const), "experiments"),
    begin: folder ? rights(folder).to("createExperiment") : null,
  };
}
