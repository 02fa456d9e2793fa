import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../components/Button";
import type { MaybeDenial } from "../components/denial";
import { TextInput } from "../components/Field";
import styles from "./TagEditor.module.css";

const SHOWN = 80;

/** Tags that people set: a click on one changes it, the cross removes it. */
export function TagEditor({
  tags,
  denied,
  onSet,
  onRemove,
}: {
  tags: [string, string][];
  denied: MaybeDenial;
  /** `before` is undefined for a new tag. */
  onSet: (key: string, value: string, before?: string) => void;
  onRemove: (key: string, before: string) => void;
}) {
  const [edited, setEdited] = useState<string | null>(null);
  const close = () => setEdited(null);
  return (
    <section>
      <h3>
        Tags
        <IconButton small denied={denied} label="Add a tag" onClick={() => setEdited("")}>
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
              onDone={(text) => text !== value && onSet(key, text, value)}
            />
          ) : (
            <span key={key} className={styles.tag} title={`${key} = ${value.slice(0, 500)}`}>
              {denied ? (
                <span className={styles.tagText}>
                  <b>{key}</b> {value.slice(0, SHOWN)}
                </span>
              ) : (
                <>
                  <button type="button" className={styles.tagText} aria-label={`Change the tag ${key}, now ${value.slice(0, SHOWN)}`} onClick={() => setEdited(key)}>
                    <b>{key}</b> {value.slice(0, SHOWN)}
                  </button>
                  <button type="button" aria-label={`Remove the tag ${key}`} onClick={() => onRemove(key, value)}>
                    <X size={11} />
                  </button>
                </>
              )}
            </span>
          ),
        )}
        {!tags.length && edited === null && <span className={styles.none}>None yet.</span>}
        {edited === "" && (
          <TagForm
            label="New tag, as key = value"
            start=""
            verb="Add"
            onClose={close}
            onDone={(text) => {
              const [key = "", ...rest] = text.split("=");
              if (key.trim()) onSet(key.trim(), rest.join("=").trim());
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
