import { Dialog } from "../components/Dialog";
import { useShortcutList } from "../components/Shortcuts";
import { classes } from "../lib/classes";
import styles from "./Help.module.css";

const WORDS: Record<string, string> = {
  ctrl: "Ctrl",
  shift: "Shift",
  space: "Space",
  escape: "Esc",
  enter: "Enter",
  delete: "Del",
  arrowleft: "←",
  arrowright: "→",
};

/** The keys that do something on the page behind it. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  // What two keys do is listed once, by the first of them.
  const shortcuts = useShortcutList().filter((s, at, all) => all.findIndex((other) => other.label === s.label) === at);
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" width={640}>
      <dl className={styles.list}>
        {shortcuts.map(({ keys, label, denied }) => (
          <div key={keys + label} data-keys={keys} className={classes(styles.row, denied && styles.denied)} title={denied?.text}>
            <dt>
              {label}
              {denied && <span className={styles.why}>{denied.short}</span>}
            </dt>
            <dd className={styles.keys}>
              {keys.split(/[ +]/).map((key) => (
                <kbd key={key}>{WORDS[key] ?? key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
