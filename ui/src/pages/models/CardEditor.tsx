import { Pencil } from "lucide-react";
import { useState } from "react";
import type { CardTexts, ModelVersion } from "../../api/registry/model";
import type { MaybeDenial } from "../../components/denial";
import { TextInput } from "../../components/Field";
import type { ModelEdits } from "./useModelEdits";
import shared from "./models.module.css";
import styles from "./CardEditor.module.css";

const FIELDS: readonly [keyof CardTexts, string][] = [
  ["algorithm", "Algorithm"],
  ["framework", "Framework"],
  ["frameworkVersion", "Framework version"],
  ["task", "Task"],
  ["targetPlatform", "Platform"],
  ["owner", "Owner"],
  ["licence", "Licence"],
];

/** What is known of a version; a click on a value corrects it. */
export function CardEditor({ version, edits, denied }: { version: ModelVersion; edits: ModelEdits; denied: MaybeDenial }) {
  const { card } = version;
  const [edited, setEdited] = useState<keyof CardTexts | null>(null);
  return (
    <section>
      <h3>Metadata</h3>
      <dl className={shared.rows}>
        {FIELDS.map(([key, word]) => (
          <div key={key} className={styles.pair}>
            <dt>{word}</dt>
            <dd>
              {key === edited ? (
                <ValueForm
                  label={word}
                  start={card[key]}
                  onClose={() => setEdited(null)}
                  onDone={(text) => text !== card[key] && void edits.editCard(version.version, { [key]: text }, { [key]: card[key] })}
                />
              ) : denied ? (
                card[key] || <span className={shared.quiet}>unknown</span>
              ) : (
                <button type="button" className={styles.value} aria-label={`Change ${word.toLowerCase()}${card[key] ? `, now ${card[key]}` : ""}`} onClick={() => setEdited(key)}>
                  {card[key] || <span className={shared.quiet}>unknown</span>}
                  <Pencil size={11} aria-hidden />
                </button>
              )}
            </dd>
          </div>
        ))}
        {card.flavours.length > 0 && (
          <div className={styles.pair}>
            <dt>Flavours</dt>
            <dd>{card.flavours.join(", ")}</dd>
          </div>
        )}
        {card.serialisation && (
          <div className={styles.pair}>
            <dt>Kept as</dt>
            <dd>{card.serialisation}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function ValueForm({ label, start, onClose, onDone }: { label: string; start: string; onClose: () => void; onDone: (text: string) => void }) {
  const [text, setText] = useState(start);
  const finish = () => {
    onDone(text.trim());
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        finish();
      }}
    >
      <TextInput
        autoFocus
        className={styles.input}
        aria-label={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      />
    </form>
  );
}
