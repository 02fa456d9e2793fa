import { type ReactNode, createContext, useCallback, useContext, useMemo, useState } from "react";
import { useTheme } from "../components/useTheme";
import { assignSlots, paletteColour } from "../lib/colour";

const KEY = "runfold.run-colours";
const KEPT = 600;

const SlotContext = createContext<Map<string, number> | null>(null);

function readSlots(): Map<string, number> {
  try {
    return new Map(JSON.parse(localStorage.getItem(KEY) ?? "[]") as [string, number][]);
  } catch {
    return new Map();
  }
}

/** Remembers which run has which colour, so that a run keeps it in table, charts and comparison. */
export function RunColourProvider({ children }: { children: ReactNode }) {
  const [slots] = useState(readSlots);
  return <SlotContext value={slots}>{children}</SlotContext>;
}

/** Colours for runs that are drawn together; the first call for a run settles its colour. */
export function useRunColours(ids: readonly string[]): (id: string) => string {
  const slots = useContext(SlotContext);
  const { theme } = useTheme();
  const key = ids.join();
  useMemo(() => {
    if (!slots || !key) return;
    assignSlots(slots, key.split(","));
    localStorage.setItem(KEY, JSON.stringify([...slots].slice(-KEPT)));
  }, [slots, key]);
  return useCallback((id: string) => paletteColour(slots?.get(id) ?? 0, theme), [slots, theme]);
}
