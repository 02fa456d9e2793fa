import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { follow } from "./live";

class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 1;
  constructor(readonly url: URL) {
    super();
    Stream.all.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  say(data: string, lastEventId: string) {
    this.dispatchEvent(new MessageEvent("changes", { data, lastEventId }));
  }
  break() {
    this.readyState = Stream.CLOSED;
    this.dispatchEvent(new Event("error"));
  }
}

const tab = Object.assign(new EventTarget(), { hidden: false });
const show = (isShown: boolean) => {
  tab.hidden = !isShown;
  tab.dispatchEvent(new Event("visibilitychange"));
};
const cursors = () => Stream.all.map(({ url }) => url.searchParams.get("after"));
let heard: string[] = [];
let end = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("document", tab);
  Stream.all = [];
  heard = [];
  end = follow((cursor) => new URL(`http://host/events${cursor ? `?after=${cursor}` : ""}`), (data) => heard.push(data));
});
afterEach(() => {
  end();
  show(true);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("hangs up while the tab is out of sight, and asks for what it missed", () => {
  Stream.all[0]?.say("one", "7");
  show(false);
  expect(Stream.all[0]?.readyState).toBe(Stream.CLOSED);
  show(true);
  expect(cursors()).toEqual([null, "7"]);
  Stream.all[1]?.say("two", "8");
  expect(heard).toEqual(["one", "two"]);
});

it("comes back when an answer was no stream", () => {
  Stream.all[0]?.say("one", "7");
  Stream.all[0]?.break();
  expect(cursors()).toEqual([null]);
  vi.runAllTimers();
  expect(cursors()).toEqual([null, "7"]);
});

it("stays away once it is ended", () => {
  Stream.all[0]?.break();
  end();
  vi.runAllTimers();
  show(false);
  show(true);
  expect(Stream.all).toHaveLength(1);
});
