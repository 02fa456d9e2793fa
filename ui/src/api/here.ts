/**
 * In which workspace this tab works. It is that of the address the page was loaded from, and stays while the page is loaded: going to
 * another one loads the page anew, so nothing in memory can be of two.
 */
import { workspaceIn } from "../lib/workspaces";

/** The path of this server's pages, with a final slash. */
export const HOME = globalThis.document ? new URL(document.baseURI).pathname : "/";

/** Empty: the address names none, and calls are made in that of who is signed in. */
export const HERE = globalThis.document ? workspaceIn(window.location.pathname, HOME) : "";
