import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { accountKeys } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { useNotes } from "../../components/Toasts";
import { shownAs } from "../../records/accounts/identities";

const SAID = "#link?";

/**
 * Finishes a link, when the provider leads back to this page with its answer in the address.
 *
 * @returns why it was not made; empty: it was, or nothing was to be made.
 */
export function useFinishedLink(): string {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const isTaken = useRef(false);
  const { mutate, error } = useMutation({
    mutationFn: (said: URLSearchParams) => accounts.finishLink(said),
    onSuccess: async (identity) => {
      notes.done(`Linked: you can also sign in as ${shownAs(identity)}`);
      await queries.invalidateQueries({ queryKey: accountKeys.anyWays });
    },
  });
  useEffect(() => {
    const { hash, pathname, search } = window.location;
    if (isTaken.current || !hash.startsWith(SAID)) return;
    isTaken.current = true;
    // An answer counts once: neither the history nor a reload has it again.
    window.history.replaceState(window.history.state, "", pathname + search);
    mutate(new URLSearchParams(hash.slice(SAID.length)));
  }, [mutate]);
  return error?.message ?? "";
}
