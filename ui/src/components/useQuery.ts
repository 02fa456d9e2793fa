import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
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
