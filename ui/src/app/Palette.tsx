import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Box, ChevronRight, FlaskConical, FolderCode, Layers, Play } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useRef, useState } from "react";
import { useApi } from "../api/context";
import { useExperiments } from "../api/queries";
import { useProjects } from "../api/work/queries";
import { HERE } from "../api/here";
import { useOtherWorkspaces } from "../api/workspaces/queries";
import type { MaybeDenial } from "../components/denial";
import { Dialog } from "../components/Dialog";
import { SearchInput } from "../components/Field";
import { useShortcutList } from "../components/Shortcuts";
import { useNotes } from "../components/Toasts";
import { cutMiddle } from "../lib/format";
import { quoteValue } from "../lib/filter/complete";
import { DEFAULT_WORKSPACE } from "../lib/workspaces";
import { workspaceAddress } from "./WorkspaceSwitcher";
import styles from "./Palette.module.css";

interface Entry {
  key: string;
  group: string;
  icon: ReactNode;
  label: string;
  note: string;
  run: () => void;
  denied?: MaybeDenial;
}

const SHOWN = 8;
/** Keys that move about on the page behind; the palette offers what does something from here. */
const MOTIONS = new Set(["j", "k", "x", "shift+j", "enter", "space", "escape", "delete", "arrowleft", "arrowright", "arrowup", "arrowdown", "ctrl+k"]);

/** Ctrl-K: go to any experiment or run, or do what a shortcut would do. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Go to anything" isTitleHidden width={620}>
      {open && <PaletteBody onClose={onClose} />}
    </Dialog>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(useDeferredValue(text.trim()), onClose);
  const list = useRef<HTMLDivElement>(null);
  const here = Math.min(at, entries.length - 1);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [here]);

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      setAt((here + move + entries.length) % Math.max(1, entries.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      entries[here]?.run();
    }
  };
  return (
    <>
      <SearchInput
        bare
        autoFocus
        className={styles.input}
        placeholder="Experiment, model, project, run name or id, or a command"
        aria-label="Go to"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries[here] ? `palette-${here}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id="palette-list" role="listbox" aria-label="Results" className={styles.list}>
        {entries.map((entry, i) => (
          <div key={entry.key}>
            {entry.group !== entries[i - 1]?.group && (
              <div className={styles.group} role="presentation">
                {entry.group}
              </div>
            )}
            <div
              id={`palette-${i}`}
              role="option"
              aria-selected={i === here}
              {...(entry.denied ? { "aria-disabled": true, "aria-description": entry.denied.text, title: entry.denied.text } : {})}
              className={styles.item}
              onPointerMove={() => setAt(i)}
              onClick={entry.run}
            >
              {entry.icon}
              <span className={styles.label}>{entry.label}</span>
              <span className={styles.note}>{entry.note}</span>
            </div>
          </div>
        ))}
        {!entries.length && <p className={styles.none}>Nothing here is called “{text}”.</p>}
      </div>
    </>
  );
}

function useEntries(text: string, onClose: () => void): Entry[] {
  const api = useApi();
  const navigate = useNavigate();
  const notes = useNotes();
  const experiments = useExperiments("active").data ?? [];
  const projects = useProjects().data ?? [];
  const workspaces = useOtherWorkspaces();
  const shortcuts = useShortcutList();
  const ids = experiments.map((e) => e.id);
  const runs = useQuery({
    queryKey: ["palette-runs", text, ids],
    enabled: text.length > 1 && ids.length > 0,
    staleTime: 10_000,
    queryFn: ({ signal }) => {
      const pattern = quoteValue(`%${text}%`);
      const byId = /^[0-9a-f]{32}$/.test(text) ? `run_id = '${text}'` : `run_name ILIKE ${pattern}`;
      const keys = { metrics: [], params: [], tags: [] };
      return api.searchRuns({ experimentIds: ids, filter: byId, orderBy: [], lifecycle: "active", limit: SHOWN, cursor: "", keys }, signal);
    },
  });
  const models = useQuery({
    queryKey: ["palette-models", text],
    staleTime: 10_000,
    queryFn: ({ signal }) => {
      const filter = text ? `name ILIKE ${quoteValue(`%${text}%`)}` : "";
      return api.registry.searchModels({ filter, orderBy: ["last_updated_timestamp DESC"], limit: SHOWN, cursor: "" }, signal);
    },
  });
  const wanted = text.toLowerCase();
  const does = (what: () => void) => () => {
    onClose();
    what();
  };
  const names = new Map(experiments.map((e) => [e.id, e.name]));
  return [
    ...experiments
      .filter((e) => e.name.toLowerCase().includes(wanted))
      .toSorted((a, b) => (b.lastRunMs ?? 0) - (a.lastRunMs ?? 0))
      .slice(0, SHOWN)
      .map((e) => ({
        key: `e${e.id}`,
        group: "Experiments",
        icon: <FlaskConical size={14} />,
        label: e.name,
        note: "",
        run: does(() => void navigate({ to: "/experiments/$ids", params: { ids: e.id } })),
      })),
    ...(models.data?.items ?? []).map((model) => ({
      key: `m${model.name}`,
      group: "Models",
      icon: <Box size={14} />,
      label: cutMiddle(model.name, 60),
      note: model.newest ? `v${model.newest.version}` : "",
      run: does(() => void navigate({ to: "/models/$name", params: { name: model.name } })),
    })),
    ...projects
      .filter(({ settings }) => settings.name.toLowerCase().includes(wanted))
      .slice(0, SHOWN)
      .map(({ settings }) => ({
        key: `p${settings.name}`,
        group: "Projects",
        icon: <FolderCode size={14} />,
        label: cutMiddle(settings.name, 60),
        note: "",
        run: does(() => void navigate({ to: "/projects/$name", params: { name: settings.name } })),
      })),
    ...(text.length > 1 ? (runs.data?.items ?? []) : []).map((run) => ({
      key: run.id,
      group: "Runs",
      icon: <Play size={14} />,
      label: cutMiddle(run.name, 60),
      note: names.get(run.experimentId) ?? "",
      run: does(() => void navigate({ to: "/runs/$runId", params: { runId: run.id } })),
    })),
    ...workspaces
      .map(({ name, description }) => ({ name, description, label: `Go to workspace ${name}` }))
      .filter(({ name, label }) => name !== (HERE || DEFAULT_WORKSPACE) && label.toLowerCase().includes(wanted))
      .slice(0, SHOWN)
      .map(({ name, description, label }) => ({
        key: `w${name}`,
        group: "Workspaces",
        icon: <Layers size={14} />,
        label,
        note: cutMiddle(description, 40),
        run: does(() => window.location.assign(workspaceAddress(name))),
      })),
    ...shortcuts
      .filter((s) => s.label.toLowerCase().includes(wanted) && !MOTIONS.has(s.keys))
      .slice(0, SHOWN)
      .map((s) => ({
        key: `s${s.keys}${s.label}`,
        group: "Commands",
        icon: <ChevronRight size={14} />,
        label: s.label,
        note: s.denied ? s.denied.short : s.keys,
        run: does(() => (s.denied ? notes.denied(s.denied) : s.run())),
        denied: s.denied,
      })),
  ];
}
