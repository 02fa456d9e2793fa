import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Run } from "../../api/model";
import { Button, IconButton } from "../../components/Button";
import { TextInput } from "../../components/Field";
import { ownTags } from "../../records/tags";
import type { RunEdits } from "../../records/useRunEdits";
import styles from "./Overview.module.css";

/** The tags that people set: a click on one changes it, the cross removes it. */
export function Tags({ run, edits }: { run: Run; edits: RunEdits }) {
  const [edited, setEdited] = useState<string | null>(null);
  const tags = ownTags(run);
  const close = () => setEdited(null);
  return (
    <section>
      <h3>
        Tags
        <IconButton small label="Add a tag" onClick={() => setEdited("")}>
          <Plus size={13} />
        </IconButton>
      </h3>
      <div className={styles.tags}>
        {tags.map(([key, value]) =>
          key === edited ? (
            <TagForm
              key={key}
              label={`Value of the tag ${key}`}
              start={value}
              verb="Set"
              onClose={close}
              onDone={(text) => text !== value && void edits.setTag(key, text, `Tag “${key}” changed`, value)}
            />
          ) : (
            <span key={key} className={styles.tag} title={`${key} = ${value.slice(0, 500)}`}>
              <button type="button" className={styles.tagText} aria-label={`Change the tag ${key}, now ${value.slice(0, 80)}`} onClick={() => setEdited(key)}>
                <b>{key}</b> {value.slice(0, 80)}
              </button>
              <button type="button" aria-label={`Remove the tag ${key}`} onClick={() => void edits.deleteTag(key, value, `Tag “${key}” removed`)}>
                <X size={11} />
              </button>
            </span>
          ),
        )}
        {!tags.length && edited === null && <span className={styles.quiet}>None yet.</span>}
        {edited === "" && (
          <TagForm
            label="New tag, as key = value"
            start=""
            verb="Add"
            onClose={close}
            onDone={(text) => {
              const [key = "", ...rest] = text.split("=");
              if (key.trim()) void edits.setTag(key.trim(), rest.join("=").trim());
            }}
          />
        )}
      </div>
    </section>
  );
}

function TagForm({ label, start, verb, onClose, onDone }: { label: string; start: string; verb: string; onClose: () => void; onDone: (text: string) => void }) {
  const [text, setText] = useState(start);
  return (
    <form
      className={styles.addTag}
      onSubmit={(event) => {
        event.preventDefault();
        onDone(text);
        onClose();
      }}
    >
      <TextInput
        autoFocus
        placeholder="key = value"
        aria-label={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      />
      <Button small type="submit">
        {verb}
      </Button>
    </form>
  );
}
