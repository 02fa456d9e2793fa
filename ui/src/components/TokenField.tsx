import { X } from "lucide-react";
import { useId, useState } from "react";
import styles from "./TokenField.module.css";

/** Several words in one field: Enter or a comma adds one, Backspace in the empty field takes the last one back. */
export function TokenField({
  label,
  words,
  known = [],
  placeholder,
  disabled,
  onChange,
}: {
  label: string;
  words: readonly string[];
  /** Offered while one types. */
  known?: readonly string[];
  placeholder?: string;
  disabled?: boolean;
  onChange: (words: string[]) => void;
}) {
  const id = useId();
  const [text, setText] = useState("");
  const add = (typed: string) => {
    const fresh = typed.split(/[,\s]+/).filter((word) => word && !words.includes(word));
    if (fresh.length) onChange([...words, ...new Set(fresh)]);
    setText("");
  };
  return (
    <span className={styles.field}>
      {words.map((word) => (
        <span key={word} className={styles.token}>
          {word}
          <button type="button" aria-label={`Remove ${word}`} disabled={disabled} onClick={() => onChange(words.filter((other) => other !== word))}>
            <X size={11} />
          </button>
        </span>
      ))}
      <input
        type="text"
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        list={known.length ? id : undefined}
        placeholder={words.length ? undefined : placeholder}
        value={text}
        onChange={(event) => (/[,\s]/.test(event.target.value) || isChosen(event.nativeEvent) ? add(event.target.value) : setText(event.target.value))}
        onBlur={() => add(text)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && text) {
            event.preventDefault();
            add(text);
          }
          if (event.key === "Backspace" && !text) onChange(words.slice(0, -1));
        }}
      />
      {known.length > 0 && (
        <datalist id={id}>
          {known
            .filter((word) => !words.includes(word))
            .map((word) => (
              <option key={word} value={word} />
            ))}
        </datalist>
      )}
    </span>
  );
}

/** Whether a word was taken from the list, rather than typed. */
function isChosen(event: Event): boolean {
  return !(event instanceof InputEvent) || event.inputType === "insertReplacementText";
}
