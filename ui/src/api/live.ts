/** Streams of server-sent events that cost nothing while nobody looks, and survive what ends them. */

const AGAIN_MS = 5000;

/**
 * Follows a stream while the tab is in sight. A browser keeps few connections to a server, and tabs in the background would
 * use them up; one that comes back asks for what it missed.
 *
 * @param address of the stream from a cursor on; null: from now on
 * @returns ends it
 */
export function follow(address: (cursor: string | null) => URL, onData: (data: string) => void): () => void {
  let events: EventSource | null = null;
  let cursor: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    events?.close();
    events = null;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    events = new EventSource(address(cursor));
    const onMessage = ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId) cursor = lastEventId;
      onData(data);
    };
    events.addEventListener("message", onMessage);
    events.addEventListener("changes", onMessage);
    events.addEventListener("error", () => {
      // A browser connects again by itself unless the answer was no stream at all, as that of a proxy without its server.
      if (events?.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    });
  };
  document.addEventListener("visibilitychange", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", open);
    close();
  };
}
