import type { ComponentProps } from "react";
import { classes } from "../lib/classes";
import type { MaybeDenial } from "./denial";
import { Hint } from "./Hint";
import styles from "./Button.module.css";

export interface ButtonProps extends ComponentProps<"button"> {
  /** `primary` at most once on a page. */
  look?: "plain" | "quiet" | "primary" | "danger";
  small?: boolean;
  /** Pressed, for buttons that switch something. */
  on?: boolean;
  /** It does nothing then, and says why on hover and focus. */
  denied?: MaybeDenial;
}

export function Button({ denied, ...props }: ButtonProps) {
  if (!denied) return <Shown {...props} />;
  return (
    <Hint text={denied.text}>
      <Shown {...inert(props)} aria-description={denied.text} />
    </Hint>
  );
}

function Shown({ look = "plain", small, on, className, ...rest }: Omit<ButtonProps, "denied">) {
  return (
    <button
      type="button"
      aria-pressed={on}
      {...rest}
      className={classes(styles.button, styles[look], small && styles.small, on && styles.on, className)}
    />
  );
}

/** Can still be reached, so that the reason can be read; whatever it would open stays closed. */
function inert(props: Omit<ButtonProps, "denied">): Omit<ButtonProps, "denied"> {
  const kept = Object.entries(props).filter(([name]) => !/^on[A-Z]/.test(name) && !["disabled", "title", "aria-haspopup", "aria-expanded"].includes(name));
  return { ...Object.fromEntries(kept), type: "button", "aria-disabled": true };
}

export interface IconButtonProps extends ButtonProps {
  /** Read aloud, and shown on hover. */
  label: string;
  keys?: string;
}

export function IconButton({ label, keys, look = "quiet", className, denied, ...rest }: IconButtonProps) {
  if (denied) {
    const why = { ...denied, text: `${label}: ${denied.text}` };
    return <Button look={look} aria-label={label} {...rest} denied={why} className={classes(styles.icon, className)} />;
  }
  return (
    <Hint text={label} keys={keys}>
      <Button look={look} aria-label={label} {...rest} className={classes(styles.icon, className)} />
    </Hint>
  );
}
