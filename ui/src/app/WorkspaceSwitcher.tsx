import { Link } from "@tanstack/react-router";
import { Check, ChevronsUpDown, Layers } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { HERE, HOME } from "../api/here";
import type { Workspace } from "../api/workspaces/client";
import { useOtherWorkspaces } from "../api/workspaces/queries";
import { SearchInput } from "../components/Field";
import { Popover } from "../components/Popover";
import { useShortcuts } from "../components/Shortcuts";
import { classes } from "../lib/classes";
import { DEFAULT_WORKSPACE, pathIn, sectionOf } from "../lib/workspaces";
import shell from "./Shell.module.css";
import styles from "./Workspaces.module.css";

/** Where a workspace is, on a page like this one. */
export function workspaceAddress(name: string): string {
  return pathIn(HOME, name, sectionOf(window.location.pathname.slice(pathIn(HOME, HERE).length)));
}

/** Which workspace this tab is in, and the way to another. Nothing while there is one alone. */
export function WorkspaceSwitcher({ isNarrow }: { isNarrow: boolean }) {
  const workspaces = useOtherWorkspaces();
  return workspaces.length ? <Switcher workspaces={workspaces} isNarrow={isNarrow} /> : null;
}

const MANY = 8;

function Switcher({ workspaces, isNarrow }: { workspaces: Workspace[]; isNarrow: boolean }) {
  const [isOpen, setOpen] = useState(false);
  useShortcuts([{ keys: "g w", label: "Switch the workspace", run: () => setOpen(true) }]);
  const here = HERE || DEFAULT_WORKSPACE;
  return (
    <Popover
      label="Workspaces"
      width={280}
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className={classes(shell.item, styles.switcher)} title={here} aria-label={`Workspace ${here}`}>
          <Layers size={16} />
          {!isNarrow && (
            <>
              <span className={classes(shell.word, styles.here)}>{here}</span>
              <ChevronsUpDown size={13} />
            </>
          )}
        </button>
      }
    >
      <Choice workspaces={workspaces} here={here} onClose={() => setOpen(false)} />
    </Popover>
  );
}

function Choice({ workspaces, here, onClose }: { workspaces: Workspace[]; here: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const wanted = text.trim().toLowerCase();
  const found = workspaces.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted));
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    if (!step || !links.length) return;
    event.preventDefault();
    const at = links.findIndex((link) => link === document.activeElement);
    links[at < 0 && step < 0 ? links.length - 1 : (at + step + links.length) % links.length]?.focus();
  };
  return (
    <div onKeyDown={move} className={styles.choice}>
      {workspaces.length > MANY && (
        <SearchInput
          bare
          autoFocus
          placeholder="Find a workspace"
          aria-label="Find a workspace"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") list.current?.querySelector("a")?.click();
          }}
        />
      )}
      <ul ref={list} className={styles.list}>
        {found.map(({ name, description }) => (
          <li key={name}>
            <a className={styles.link} href={workspaceAddress(name)} aria-current={name === here ? "true" : undefined} title={description || undefined}>
              <span className={styles.tick}>{name === here && <Check size={14} />}</span>
              <span className={styles.name}>{name}</span>
              <span className={styles.note}>{description}</span>
            </a>
          </li>
        ))}
      </ul>
      {!found.length && <p className={styles.none}>No workspace is called “{text}”.</p>}
      <Link to="/workspaces" className={styles.all} onClick={onClose}>
        All workspaces
      </Link>
    </div>
  );
}
