import { type ReactElement, type ReactNode, cloneElement } from "react";
import { classes } from "../lib/classes";
import styles from "./Button.module.css";

/** A link that looks like a button; it still opens in a new tab. */
export function LinkButton({
  render,
  look = "plain",
  children,
}: {
  render: ReactElement<{ className?: string; children?: ReactNode }>;
  look?: "plain" | "quiet" | "primary";
  children: ReactNode;
}) {
  return cloneElement(render, { className: classes(styles.button, styles[look]) }, children);
}
