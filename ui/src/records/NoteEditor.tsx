import { Pencil } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../components/Button";
import type { MaybeDenial } from "../components/denial";
import { TextArea } from "../components/Field";
import { Markdown } from "../components/Markdown";
import styles from "./NoteEditor.module.css";

/** A text in Markdown that is written in its place. */
export function NoteEditor({
  word,
  text,
  invitation,
  denied,
  onSave,
}: {
  /** What the text is: "Note", "Description". */
  word: string;
  text: string;
  /** Asks for a text where there is none. */
  invitation: string;
  denied: MaybeDenial;
  onSave: (text: string) => void;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const what = word.toLowerCase();
  const save = (next: string) => {
    if (next !== text) onSave(next);
    setDraft(null);
  };
  if (draft !== null) {
    return (
      <section className={styles.note}>
        <h3>{word}</h3>
        <TextArea
          autoFocus
          rows={8}
          aria-label={`${word}, in Markdown`}
          placeholder={`${invitation}. Markdown works: **bold**, \`code\`, lists, tables, links.`}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(draft);
          }}
        />
        <div className={styles.buttons}>
          <Button look="primary" onClick={() => save(draft)}>
            Save {what}
          </Button>
          <Button onClick={() => setDraft(null)}>Cancel</Button>
        </div>
      </section>
    );
  }
  return (
    <section className={styles.note}>
      <h3>
        {word}
        <IconButton small denied={denied} label={text ? `Edit the ${what}` : `Write a ${what}`} onClick={() => setDraft(text)}>
          <Pencil size={12} />
        </IconButton>
      </h3>
      {text ? (
        <Markdown text={text} />
      ) : denied ? (
        <p className={styles.none}>None is written yet.</p>
      ) : (
        <button type="button" className={styles.write} onClick={() => setDraft("")}>
          {invitation}
        </button>
      )}
    </section>
  );
}
