import { type ReactNode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type ThemeChoice, ThemeContext } from "../components/useTheme";

const KEY = "runfold.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function subscribe(listener: () => void): () => void {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}

/** Follows the system until the reader chooses. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(() => (localStorage.getItem(KEY) as ThemeChoice | null) ?? "system");
  const isDark = useSyncExternalStore(subscribe, () => dark.matches);
  const theme = choice === "system" ? (isDark ? "dark" : "light") : choice;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const choose = useCallback((next: ThemeChoice) => {
    localStorage.setItem(KEY, next);
    setChoice(next);
  }, []);
  const state = useMemo(() => ({ theme, choice, choose }) as const, [theme, choice, choose]);
  return <ThemeContext value={state}>{children}</ThemeContext>;
}
