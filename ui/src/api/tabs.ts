/** Tabs of one browser tell each other what they changed, so that none shows what is no longer so. */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";

// What a channel says, it does not hear itself. A stream of events for each tab would use up the browser's connections.
const channel = new BroadcastChannel("runfold.changes");

/** Marks answers as old, here and in the other tabs; those that are shown are asked for again. */
export function useInvalidate(): (...changed: QueryKey[]) => Promise<unknown> {
  const client = useQueryClient();
  return useCallback(
    (...changed) => {
      channel.postMessage(changed);
      return Promise.all(changed.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    [client],
  );
}

/** Follows what other tabs change, while the calling component is shown. */
export function useOtherTabs(): void {
  const client = useQueryClient();
  useEffect(() => {
    const onMessage = ({ data }: MessageEvent<QueryKey[]>) => data.forEach((queryKey) => void client.invalidateQueries({ queryKey }));
    channel.addEventListener("message", onMessage);
    return () => channel.removeEventListener("message", onMessage);
  }, [client]);
}
