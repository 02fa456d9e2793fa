import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { Query } from "../lib/query";

export type SetQuery = (patch: Query, options?: { replace?: boolean }) => void;

/** The view's state, which lives in the address. A value set to undefined or "" leaves it. */
export function useQueryState(): [Query, SetQuery] {
  const query: Query = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = useCallback<SetQuery>(
    (patch, { replace = false } = {}) => {
      void navigate({
        to: ".",
        search: (before: Query) => ({ ...before, ...patch }),
        replace,
      });
    },
    [navigate],
  );
  return [query, set];
}

/**
 * The text of a field that is kept in the address under a key. The address follows a moment behind the keys, so the field
 * holds its text itself (or the caret would jump to the end) and takes over what the address says when others change it.
 */
export function useQueryText(key: string): [string, (text: string) => void] {
  const [query, setQuery] = useQueryState();
  const kept = query[key] ?? "";
  const [text, setText] = useState(kept);
  const [isOwn, setOwn] = useState(false);
  const [seen, setSeen] = useState(kept);
  if (kept !== seen) {
    setSeen(kept);
    if (!isOwn) setText(kept);
    if (kept === text) setOwn(false);
  }
  const change = useCallback(
    (next: string) => {
      setText(next);
      setOwn(true);
      setQuery({ [key]: next }, { replace: true });
    },
    [key, setQuery],
  );
  return [text, change];
}
