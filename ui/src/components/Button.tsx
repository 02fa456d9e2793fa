import type { ComponentProps } from "react";
import { classes } from "../lib/classes";
import { Hint } from "./Hint";
import styles from "./Button.module.css";

export interface ButtonProps extends ComponentProps<"button"> {
  /** `primary` at most once on a page. */
  look?: "plain" | "quiet" | "primary" | "danger";
  small?: boolean;
  /** Pressed, for buttons that switch something. */
  on?: boolean;
}

export function Button({ look = "plain", small, on, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      {...rest}
      className={classes(styles.button, styles[look], small && styles.small, on && styles.on, className)}
    />
  );
}

export interface IconButtonProps extends ButtonProps {
  /** Read aloud, and shown on hover. */
  label: string;
  keys?: string;
}

export function IconButton({ label, keys, look = "quiet", className, ...rest }: IconButtonProps) {
  return (
    <Hint text={label} keys={keys}>
      <Button look={look} aria-label={label} {...rest} className={classes(styles.icon, className)} />
    </Hint>
  );
}
