import { useCallback, useSyncExternalStore } from "react";
import { useAccount } from "../api/accounts/queries";

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

/** Who sits here: who signed in, or on a server without users as they said themselves. Empty: nobody has said it. */
export function useMe(): [string, (name: string) => void] {
  const account = useAccount();
  const said = useSyncExternalStore(listen, () => localStorage.getItem(KEY) ?? "");
  const set = useCallback((name: string) => {
    localStorage.setItem(KEY, name.trim());
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [account?.name ?? said, set];
}
