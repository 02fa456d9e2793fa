import { type ReactNode, createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { MaybeDenial } from "./denial";
import { useNotes } from "./Toasts";
import { useLatest } from "./useLatest";

export interface Shortcut {
  /** `j`, `shift+x`, `ctrl+k`, `?`, `space`, `escape`; two keys in a row as `g e`. */
  keys: string;
  label: string;
  run: () => void;
  /** It does nothing then, and says why. */
  denied?: MaybeDenial;
}

type AddShortcuts = (shortcuts: readonly Shortcut[]) => () => void;

const AddContext = createContext<AddShortcuts>(() => () => undefined);
const ListContext = createContext<readonly Shortcut[]>([]);

const SEQUENCE_MS = 900;

/** Listens for keys once for the whole application; what is registered last is asked first. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [sets, setSets] = useState<readonly (readonly Shortcut[])[]>([]);
  const current = useLatest(sets);
  const notes = useNotes();

  useEffect(() => {
    let first = "";
    let firstAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const key = keyText(event);
      if (event.defaultPrevented || (isTyping(event) && !key.startsWith("ctrl+"))) return;
      const sequence = first && event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${key}` : "";
      const all = current.current.toReversed().flat();
      const found = all.find((s) => s.keys === sequence) ?? all.find((s) => s.keys === key);
      first = all.some((s) => s.keys.startsWith(`${key} `)) ? key : "";
      firstAt = event.timeStamp;
      if (!found) return;
      event.preventDefault();
      if (found.denied) notes.denied(found.denied);
      else found.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [current, notes]);

  const add = useCallback<AddShortcuts>((shortcuts) => {
    setSets((before) => [...before, shortcuts]);
    return () => setSets((before) => before.filter((set) => set !== shortcuts));
  }, []);
  const list = useMemo(() => sets.flat(), [sets]);
  return (
    <AddContext value={add}>
      <ListContext value={list}>{children}</ListContext>
    </AddContext>
  );
}

function keyText(event: KeyboardEvent): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key)) ? "shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${shift}${key}`;
}

function isTyping(event: KeyboardEvent): boolean {
  const at = event.target;
  if (!(at instanceof HTMLElement)) return false;
  if (at.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return true;
  if (at instanceof HTMLInputElement) return at.type !== "checkbox";
  // Inside an open menu or dialog, keys belong to it.
  return at.closest("[role=menu],[role=dialog],[role=listbox]") !== null;
}

/** Registers shortcuts while the calling component is shown. The functions may change from render to render. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const add = useContext(AddContext);
  const latest = useLatest(shortcuts);
  const shape = shortcuts.map((s) => `${s.keys}\n${s.label}\n${s.denied?.text ?? ""}`).join("\n");
  useEffect(() => {
    const stable = latest.current.map((s, at) => ({
      ...s,
      run: () => latest.current[at]?.run(),
      get denied() {
        return latest.current[at]?.denied;
      },
    }));
    return add(stable);
    // The registered set changes only when its keys, words or denials do. What a key does, and whether it may, is read when
    // it is pressed: of two keys in a row, the second is about what the first has chosen.
  }, [add, latest, shape]);
}

export function useShortcutList(): readonly Shortcut[] {
  return useContext(ListContext);
}
