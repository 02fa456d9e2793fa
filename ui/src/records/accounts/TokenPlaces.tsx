import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { HERE } from "../../api/here";
import { useExperiments } from "../../api/queries";
import { useModels } from "../../api/registry/queries";
import { useProjects, useTargets } from "../../api/work/queries";
import { useWorkspaces } from "../../api/workspaces/queries";
import { Button, IconButton } from "../../components/Button";
import { Labelled, TextInput } from "../../components/Field";
import { foldersOf, type PlaceKind, tokenPlace } from "./places";
import styles from "./TokenPlaces.module.css";
import table from "./accounts.module.css";

const KINDS: Record<PlaceKind, string> = { experiment: "Experiment", model: "Model", project: "Project", target: "Target", dataset: "Dataset", folder: "Folder", workspace: "Workspace" };

/** A place that was chosen, with the name by which it was. */
export interface ChosenPlace {
  place: string;
  name: string;
}

/** Chooses the places on which a token is to be worth something. */
export function TokenPlaces({ chosen, onChosen }: { chosen: ChosenPlace[]; onChosen: (chosen: ChosenPlace[]) => void }) {
  const id = useId();
  const [kind, setKind] = useState<PlaceKind>("experiment");
  const [name, setName] = useState("");
  const [isUnknown, setUnknown] = useState(false);
  const experiments = useExperiments("active").data ?? [];
  const names = useNames(kind);
  const add = () => {
    const place = tokenPlace(kind, name.trim(), HERE, experiments);
    setUnknown(place === null);
    if (place === null) return;
    if (!chosen.some((one) => one.place === place)) onChosen([...chosen, { place, name: `${KINDS[kind]} ${name.trim()}` }]);
    setName("");
  };
  return (
    <fieldset className={styles.places}>
      <legend>Places</legend>
      {chosen.length > 0 && (
        <ul className={styles.chosen}>
          {chosen.map((one) => (
            <li key={one.place}>
              <span title={one.place}>{one.name}</span>
              <IconButton small label={`Leave out ${one.name}`} onClick={() => onChosen(chosen.filter(({ place }) => place !== one.place))}>
                <X size={13} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.add}>
        <Labelled label="Kind">
          <select
            className={table.select}
            value={kind}
            onChange={(event) => {
              setKind(event.target.value as PlaceKind);
              setUnknown(false);
            }}
          >
            {Object.entries(KINDS).map(([key, word]) => (
              <option key={key} value={key}>
                {word}
              </option>
            ))}
          </select>
        </Labelled>
        <Labelled label="Name of the place">
          <TextInput
            list={id}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setUnknown(false);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !name.trim()) return;
              event.preventDefault(); // the form makes the token
              add();
            }}
          />
          <datalist id={id}>
            {names.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </Labelled>
        <Button onClick={add} disabled={!name.trim()}>
          <Plus size={14} />
          Add
        </Button>
      </div>
      {isUnknown && (
        <p role="alert" className={table.bad}>
          No experiment is called “{name.trim()}”.
        </p>
      )}
    </fieldset>
  );
}

/** What there is to choose among, as far as the caller may read it. */
function useNames(kind: PlaceKind): string[] {
  const experiments = (useExperiments("active").data ?? []).map(({ name }) => name);
  const models = (useModels("", []).data?.pages ?? []).flatMap(({ items }) => items.map(({ name }) => name));
  const projects = (useProjects().data ?? []).map(({ settings }) => settings.name);
  const targets = (useTargets().data ?? []).map(({ name }) => name);
  const workspaces = (useWorkspaces(kind === "workspace").data ?? []).map(({ name }) => name);
  return { experiment: experiments, model: models, project: projects, target: targets, dataset: [], folder: foldersOf(experiments), workspace: workspaces }[kind];
}
