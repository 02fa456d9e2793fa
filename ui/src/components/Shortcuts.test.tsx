// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { ShortcutProvider, useShortcutList, useShortcuts } from "./Shortcuts";
import { ToastProvider } from "./Toasts";

afterEach(cleanup);

function Keys({ run }: { run: (what: string) => void }) {
  useShortcuts([
    { keys: "j", label: "Next", run: () => run("next") },
    { keys: "g e", label: "Go", run: () => run("go") },
    { keys: "ctrl+k", label: "Palette", run: () => run("palette") },
    { keys: "#", label: "Delete", run: () => run("delete"), denied: { short: "needs manager", text: "That is for managers." } },
    { keys: "shift+t", label: "Theme", run: () => run("theme") },
  ]);
  return <input aria-label="text" />;
}

function Over({ run }: { run: (what: string) => void }) {
  useShortcuts([{ keys: "j", label: "Inner", run: () => run("inner") }]);
  return <p>{useShortcutList().map((s) => s.label).join(",")}</p>;
}

function show(withOver = false) {
  const run = vi.fn();
  render(
    <ToastProvider>
      <ShortcutProvider>
        <Keys run={run} />
        {withOver && <Over run={run} />}
      </ShortcutProvider>
    </ToastProvider>,
  );
  return run;
}

const press = (key: string, options: object = {}, at: Element | Window = window) => fireEvent.keyDown(at, { key, ...options });

it("runs single keys, keys with others held, and two in a row", () => {
  const run = show();
  press("j");
  press("k", { ctrlKey: true });
  press("T", { shiftKey: true });
  press("g");
  press("e");
  expect(run.mock.calls.flat()).toEqual(["next", "palette", "theme", "go"]);
});

it("leaves keys alone while somebody types, but not the palette's", () => {
  const run = show();
  const input = screen.getByLabelText("text");
  press("j", {}, input);
  press("k", { ctrlKey: true }, input);
  expect(run.mock.calls.flat()).toEqual(["palette"]);
});

it("asks what was registered last first, and lists all of it", () => {
  const run = show(true);
  press("j");
  expect(run.mock.calls.flat()).toEqual(["inner"]);
  expect(screen.getByText("Next,Go,Palette,Delete,Theme,Inner")).toBeTruthy();
});

it("says why a key does nothing", async () => {
  const run = show();
  press("#");
  expect(await screen.findByText("That is for managers.")).toBeTruthy();
  expect(run).not.toHaveBeenCalled();
});

function Rows({ run }: { run: () => void }) {
  const [row, setRow] = useState(-1);
  useShortcuts([
    { keys: "j", label: "Next", run: () => setRow(row + 1) },
    { keys: "delete", label: "Delete", run, denied: row < 0 ? null : { short: "needs manager", text: "That is for managers." } },
  ]);
  return null;
}

it("asks of a second key what holds after the first, however soon it comes", async () => {
  const run = vi.fn();
  render(
    <ToastProvider>
      <ShortcutProvider>
        <Rows run={run} />
      </ShortcutProvider>
    </ToastProvider>,
  );
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
  try {
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));
    for (let n = 0; n < 10; n += 1) await Promise.resolve();
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete" }));
  } finally {
    vi.unstubAllGlobals();
  }
  expect(run).not.toHaveBeenCalled();
  expect(await screen.findByText("That is for managers.")).toBeTruthy();
});
