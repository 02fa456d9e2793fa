import { useCallback, useSyncExternalStore } from "react";

const KEY = "runfold.me";
const CHANGED = "runfold:me";

function listen(onChange: () => void): () => void {
  window.addEventListener(CHANGED, onChange);
  window.addEventListener("storage", onChange);
  return () => {
    window.removeEventListener(CHANGED, onChange);
    window.removeEventListener("storage", onChange);
  };
}

/** Who sits here, as they said themselves: a server without log-in knows nobody. Empty: nobody has said it. */
export function useMe(): [string, (name: string) => void] {
  const me = useSyncExternalStore(listen, () => localStorage.getItem(KEY) ?? "");
  const set = useCallback((name: string) => {
    localStorage.setItem(KEY, name.trim());
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [me, set];
}
