import { Folder } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { useExperiments } from "../../api/queries";
import { plural } from "../../lib/format";
import type { ExperimentNode } from "./experimentRows";
import { type Move, folders, joinPath, movesOf, takenName } from "./moves";
import styles from "./MoveDialog.module.css";

const SHOWN = 4;
const MAX_NAME = 500;

/** Gives an experiment or a folder another place: a folder of the list, or any path that is typed. */
export function MoveDialog({ node, onMove, onClose }: { node: ExperimentNode; onMove: (moves: Move[]) => void; onClose: () => void }) {
  const all = useExperiments("all").data ?? [];
  const [path, setPath] = useState(node.path);
  const own = node.path.split("/").at(-1) ?? node.path;
  const isFolder = node.children.length > 0;
  const moves = movesOf(node, path);
  const taken = takenName(moves, all);
  const isMoving = joinPath("", path) !== "" && moves.length > 0 && taken === null;
  // A folder cannot lie in itself.
  const places = ["", ...folders(all.filter((e) => !e.isDeleted))].filter((folder) => folder !== node.path && !`${folder}/`.startsWith(`${node.path}/`));
  const move = () => {
    if (!isMoving) return;
    onMove(moves);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={isFolder ? "Move or rename the folder" : "Move to a folder"}
      width={520}
      onSubmit={move}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!isMoving}>
            Move {plural(moves.length || 1, "experiment")}
          </Button>
        </>
      }
    >
      <Labelled label={isFolder ? "Path of the folder" : "Name with its folders"} error={taken === null ? undefined : `There is an experiment “${taken}” already${all.some((e) => e.name === taken && e.isDeleted) ? ", in the trash" : ""}.`}>
        <TextInput autoFocus maxLength={MAX_NAME} value={path} onChange={(event) => setPath(event.target.value)} onFocus={(event) => event.target.select()} />
      </Labelled>
      <div className={styles.places} role="group" aria-label="Folders">
        {places.map((folder) => (
          <button key={folder} type="button" aria-pressed={joinPath(folder, own) === path} onClick={() => setPath(joinPath(folder, own))}>
            <Folder size={13} aria-hidden />
            {folder || "No folder, at the top"}
          </button>
        ))}
      </div>
      {isFolder && moves.length > 0 && (
        <ul className={styles.moves} aria-label="What moves">
          {moves.slice(0, SHOWN).map(({ id, from, to }) => (
            <li key={id}>
              {from} <span aria-label="becomes">→</span> <b>{to}</b>
            </li>
          ))}
          {moves.length > SHOWN && <li>and {plural(moves.length - SHOWN, "more", "more")}</li>}
        </ul>
      )}
    </Dialog>
  );
}
