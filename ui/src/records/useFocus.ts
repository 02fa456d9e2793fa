import { useCallback, useState } from "react";
import { useShortcuts } from "../components/Shortcuts";

/** The run that charts and legend point at together: the one under the pointer, or one that a click pinned. */
export function useFocus() {
  const [hovered, setFocus] = useState<string | null>(null);
  const [pinned, setPinned] = useState<string | null>(null);
  const pin = useCallback((id: string) => setPinned((before) => (before === id ? null : id)), []);
  useShortcuts(pinned ? [{ keys: "escape", label: "Let go of the pinned run", run: () => setPinned(null) }] : []);
  return { focus: hovered ?? pinned, setFocus, pinned, pin };
}
