/** Addresses that lead back to a page, as somebody else may have written them. */

/**
 * The path below this server that a page was asked to lead back to; empty for everything else. An address of another server would let a
 * link to our sign-in page end on a page that only looks like ours.
 *
 * @param base of this server's pages, with a final slash
 */
export function safeNext(next: string | null, base: string): string {
  if (!next?.startsWith("/")) return "";
  try {
    const url = new URL(next, base);
    const home = new URL(base);
    return url.origin === home.origin && url.pathname.startsWith(home.pathname) ? url.pathname + url.search + url.hash : "";
  } catch {
    return "";
  }
}
