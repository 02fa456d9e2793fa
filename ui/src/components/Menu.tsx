import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { classes } from "../lib/classes";
import type { MaybeDenial } from "./denial";
import styles from "./Menu.module.css";

export type MenuEntry =
  | {
      label: string;
      icon?: ReactNode;
      note?: string | undefined;
      danger?: boolean;
      disabled?: boolean;
      /** It does nothing then, and says why. */
      denied?: MaybeDenial;
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
      <span className={styles.label} title={entry.denied?.text ?? entry.label}>
        {entry.label}
      </span>
      {entry.denied ? <span className={styles.note}>{entry.denied.short}</span> : entry.note && <span className={styles.note}>{entry.note}</span>}
    </>
  );
  const disabled = Boolean(entry.denied ?? entry.disabled);
  const className = classes(styles.item, entry.danger && !disabled && styles.danger);
  const why = entry.denied ? { title: entry.denied.text, "aria-description": entry.denied.text } : {};
  // A tick is said as well as seen.
  return entry.checked === undefined ? (
    <Base.Item key={at} {...why} className={className} disabled={disabled} onClick={entry.onSelect}>
      {body}
    </Base.Item>
  ) : (
    <Base.CheckboxItem key={at} {...why} className={className} disabled={disabled} checked={entry.checked} onCheckedChange={entry.onSelect} closeOnClick>
      {body}
    </Base.CheckboxItem>
  );
}
