import { useState } from "react";
import { useExperiments } from "../api/queries";
import { denialProps } from "../components/denial";
import { SearchInput } from "../components/Field";
import { useRightsOf } from "./accounts/useRights";
import styles from "./ExperimentChooser.module.css";

const SHOWN = 60;

/** Names an experiment, for what goes there. */
export function ExperimentChooser({ without = [], onChoose }: { without?: string[]; onChoose: (id: string, name: string) => void }) {
  const [text, setText] = useState("");
  const all = useExperiments("active").data ?? [];
  const wanted = text.trim().toLowerCase();
  const fitting = all.filter((e) => !without.includes(e.id) && e.name.toLowerCase().includes(wanted));
  const shown = fitting.slice(0, SHOWN);
  const rights = useRightsOf(shown.map(({ id }) => `experiment:${id}`));
  return (
    <>
      <SearchInput bare autoFocus placeholder="To which experiment" aria-label="Find an experiment" value={text} onChange={(event) => setText(event.target.value)} />
      <div className={styles.list}>
        {shown.map((e) => (
          <button key={e.id} type="button" onClick={() => onChoose(e.id, e.name)} title={e.name} {...denialProps(rights(`experiment:${e.id}`).to("moveRuns"))}>
            {e.name}
          </button>
        ))}
        {!fitting.length && <p>No experiment contains “{text}”.</p>}
      </div>
    </>
  );
}
