import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { classes } from "../lib/classes";
import { type CompletionPoint, completionPoint } from "../lib/filter/complete";
import type { Completion } from "../lib/filter/offer";
import { type FilterError, parseFilter } from "../lib/filter/parser";
import { IconButton } from "./Button";
import styles from "./FilterField.module.css";

const PAUSE_MS = 450;

export interface FilterHandle {
  focus: () => void;
}

/** The search language, with completion, and slips marked at their character. */
export function FilterField({
  ref,
  value,
  placeholder,
  completions,
  onPoint,
  serverError,
  onApply,
}: {
  ref?: Ref<FilterHandle> | undefined;
  value: string;
  placeholder: string;
  /** For the place that was told last. */
  completions: readonly Completion[];
  /** Tells where somebody types; null: nobody does. The same function on every render. */
  onPoint: (point: CompletionPoint | null) => void;
  /** What the server says is wrong with the applied filter. */
  serverError: FilterError | null;
  onApply: (filter: string, isTyping: boolean) => void;
}) {
  const [text, setText] = useState(value);
  const [cursor, setCursor] = useState(value.length);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [showError, setShowError] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }), []);

  const applied = useRef(value);
  useEffect(() => {
    // A facet, a saved view or the Back key changed the filter from outside.
    if (value !== applied.current) {
      applied.current = value;
      setText(value);
    }
  }, [value]);

  const parsed = parseFilter(text);
  const apply = (next: string, isTyping: boolean) => {
    applied.current = next.trim();
    onApply(next.trim(), isTyping);
  };
  useEffect(() => {
    if (text.trim() === applied.current) return undefined;
    const timer = setTimeout(() => {
      const now = parseFilter(text);
      if (now.ok) apply(text, true);
      setShowError(!now.ok && now.error.start < text.length);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
    // `apply` only passes the text on; it need not start the pause again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);

  const point = completionPoint(text, cursor);
  useEffect(() => {
    onPoint(isOpen ? completionPoint(text, cursor) : null);
  }, [onPoint, isOpen, text, cursor]);
  const options = isOpen ? completions : [];
  const error = showError && !parsed.ok ? parsed.error : text.trim() === value ? serverError : null;

  const choose = (index: number) => {
    const option = options[index];
    if (!option) return;
    const next = text.slice(0, point.from) + option.insert + text.slice(point.to).trimStart();
    const place = point.from + option.insert.length;
    setText(next);
    setAt(-1);
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(place, place);
      setCursor(place);
    });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      event.preventDefault();
      if (isOpen) setOpen(false);
      else input.current?.blur();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((before) => (before + step + options.length) % options.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && isOpen && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Enter") {
      setOpen(false);
      setShowError(!parsed.ok);
      if (parsed.ok) apply(text, false);
    }
  };

  return (
    <div className={styles.bar}>
      <div className={classes(styles.frame, error && styles.wrong)}>
        <ListFilter size={14} aria-hidden />
        <input
          ref={input}
          className={styles.input}
          value={text}
          placeholder={placeholder}
          aria-label="Filter"
          aria-invalid={error !== null}
          role="combobox"
          aria-expanded={isOpen && options.length > 0}
          aria-controls="filter-options"
          aria-autocomplete="list"
          aria-activedescendant={isOpen && at >= 0 ? `filter-option-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setCursor(event.target.selectionStart ?? event.target.value.length);
            setOpen(true);
            setShowError(false);
            setAt(-1);
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {text && (
          <IconButton
            small
            label="Clear the filter"
            onClick={() => {
              setText("");
              apply("", false);
            }}
          >
            <X size={13} />
          </IconButton>
        )}
      </div>
      {error && <Mistake error={error} scrolled={input.current?.scrollLeft ?? 0} />}
      {isOpen && !error && options.length > 0 && (
        <div className={styles.drop} role="listbox" id="filter-options" aria-label="Completions">
          {options.map((option, index) => (
            <div
              key={option.label + option.note}
              id={`filter-option-${index}`}
              role="option"
              aria-selected={index === at}
              className={styles.option}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(index);
              }}
            >
              <code>{option.label}</code>
              <span className={styles.note}>{option.note}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** A mark under the character that cannot be read, and why. */
function Mistake({ error, scrolled }: { error: FilterError; scrolled: number }) {
  return (
    <div className={styles.error} role="alert">
      <span className={styles.caret} style={{ marginLeft: -scrolled }} aria-hidden>
        {`${" ".repeat(error.start)}▲`}
      </span>
      <span className={styles.why}>{error.message}</span>
    </div>
  );
}
