import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { classes } from "../lib/classes";
import styles from "./Menu.module.css";

export type MenuEntry =
  | {
      label: string;
      icon?: ReactNode;
      note?: string | undefined;
      danger?: boolean;
      disabled?: boolean;
      /** Shows a tick column. */
      checked?: boolean;
      onSelect: () => void;
    }
  | { heading: string }
  | "line";

/** A button that opens a list of actions. */
export function Menu({
  trigger,
  entries,
  align = "start",
}: {
  trigger: ReactElement;
  entries: MenuEntry[];
  align?: "start" | "end";
}) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={4} align={align}>
          <Base.Popup className={styles.popup}>{entries.map(renderEntry)}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function renderEntry(entry: MenuEntry, at: number): ReactNode {
  if (entry === "line") return <Base.Separator key={at} className={styles.line} />;
  if ("heading" in entry) {
    return (
      <div key={at} className={styles.heading} role="presentation">
        {entry.heading}
      </div>
    );
  }
  const body = (
    <>
      {entry.checked !== undefined && <span className={styles.check}>{entry.checked && <Check size={14} />}</span>}
      {entry.icon}
      <span className={styles.label} title={entry.label}>
        {entry.label}
      </span>
      {entry.note && <span className={styles.note}>{entry.note}</span>}
    </>
  );
  const className = classes(styles.item, entry.danger && styles.danger);
  const disabled = entry.disabled ?? false;
  // A tick is said as well as seen.
  return entry.checked === undefined ? (
    <Base.Item key={at} className={className} disabled={disabled} onClick={entry.onSelect}>
      {body}
    </Base.Item>
  ) : (
    <Base.CheckboxItem key={at} className={className} disabled={disabled} checked={entry.checked} onCheckedChange={entry.onSelect} closeOnClick>
      {body}
    </Base.CheckboxItem>
  );
}
