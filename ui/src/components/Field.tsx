import { Search } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "../lib/classes";
import styles from "./Field.module.css";

export function Labelled({ label, error, children }: { label: string; error?: string | undefined; children: ReactNode }) {
  return (
    <label className={styles.label}>
      {label}
      {children}
      {error && (
        <span role="alert" className={styles.error}>
          {error}
        </span>
      )}
    </label>
  );
}

export function TextInput({ className, ...rest }: ComponentProps<"input">) {
  return <input type="text" autoComplete="off" spellCheck={false} {...rest} className={classes(styles.input, className)} />;
}

export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select {...rest} className={classes(styles.input, styles.select, className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={classes(styles.input, className)} />;
}

/** A field that narrows a list. `bare` has no frame, for the head of a popover. */
export function SearchInput({ bare, className, ...rest }: ComponentProps<"input"> & { bare?: boolean }) {
  return (
    <span className={classes(styles.search, className)}>
      <Search size={14} aria-hidden />
      <TextInput type="search" {...rest} className={bare ? styles.bare : undefined} />
    </span>
  );
}
