import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Box, CircleUser, FlaskConical, FolderCode, Keyboard, ListTodo, Monitor, Moon, PanelLeftClose, PanelLeftOpen, Sun, Trash2 } from "lucide-react";
import { useState } from "react";
import { useOtherTabs } from "../api/tabs";
import { Mark } from "../components/Mark";
import { Menu } from "../components/Menu";
import { PaletteContext } from "../components/Page";
import { useShortcuts } from "../components/Shortcuts";
import { type ThemeChoice, useTheme } from "../components/useTheme";
import { classes } from "../lib/classes";
import { AccountMenu } from "./AccountMenu";
import { Help } from "./Help";
import { JobNotices } from "./JobNotices";
import { Offline } from "./Offline";
import { Palette } from "./Palette";
import { WorkspaceSwitcher } from "./WorkspaceSwitcher";
import styles from "./Shell.module.css";

const RAIL_KEY = "runfold.rail";

/** What stands around every page: the rail, the palette, the help sheet. */
export function Shell() {
  const [isNarrow, setNarrow] = useState(() => localStorage.getItem(RAIL_KEY) === "narrow");
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const navigate = useNavigate();
  const isRecords = useLocation({ select: ({ pathname }) => /^\/(runs\/|compare)/.test(pathname) });
  const isRegistry = useLocation({ select: ({ pathname }) => /^\/registry/.test(pathname) });
  const { choose, theme } = useTheme();
  const toggleRail = () => {
    localStorage.setItem(RAIL_KEY, isNarrow ? "wide" : "narrow");
    setNarrow(!isNarrow);
  };
  useOtherTabs();
  useShortcuts([
    { keys: "ctrl+k", label: "Go to anything", run: () => setPaletteOpen(true) },
    { keys: "?", label: "This list of shortcuts", run: () => setHelpOpen(true) },
    { keys: "g e", label: "Go to experiments", run: () => void navigate({ to: "/experiments" }) },
    { keys: "g m", label: "Go to models", run: () => void navigate({ to: "/models" }) },
    { keys: "g p", label: "Go to projects", run: () => void navigate({ to: "/projects" }) },
    { keys: "g j", label: "Go to jobs", run: () => void navigate({ to: "/jobs" }) },
    { keys: "g t", label: "Go to trash and storage", run: () => void navigate({ to: "/trash" }) },
    { keys: "[", label: "Fold or unfold the rail", run: toggleRail },
    { keys: "shift+t", label: "Switch between light and dark", run: () => choose(theme === "light" ? "dark" : "light") },
  ]);
  return (
    <PaletteContext value={() => setPaletteOpen(true)}>
      <div className={styles.shell}>
        <button type="button" className={styles.skip} onClick={() => document.getElementById("main")?.focus()}>
          Skip to the page
        </button>
        <nav className={classes(styles.rail, isNarrow && styles.narrow)} aria-label="Main">
          <Link to="/experiments" className={styles.brand} aria-label="Runfold, to the experiments">
            <Mark />
            {!isNarrow && <span className={styles.word}>Runfold</span>}
          </Link>
          <WorkspaceSwitcher isNarrow={isNarrow} />
          <RailLink to="/experiments" icon={<FlaskConical size={16} />} word="Experiments" isNarrow={isNarrow} isOn={isRecords} />
          <RailLink to="/models" icon={<Box size={16} />} word="Models" isNarrow={isNarrow} isOn={isRegistry} />
          <RailLink to="/projects" icon={<FolderCode size={16} />} word="Projects" isNarrow={isNarrow} />
          <RailLink to="/jobs" icon={<ListTodo size={16} />} word="Jobs" isNarrow={isNarrow} />
          <span className={styles.gap} />
          <AccountMenu trigger={(name) => <RailButton icon={<CircleUser size={16} />} word={name} isNarrow={isNarrow} />} />
          <RailLink to="/trash" icon={<Trash2 size={16} />} word="Trash and storage" isNarrow={isNarrow} />
          <ThemeButton isNarrow={isNarrow} />
          <RailButton icon={<Keyboard size={16} />} word="Shortcuts" isNarrow={isNarrow} onClick={() => setHelpOpen(true)} />
          <RailButton
            icon={isNarrow ? <PanelLeftOpen size={16} /> : <PanelLeftClose size={16} />}
            word={isNarrow ? "Unfold" : "Fold"}
            isNarrow={isNarrow}
            onClick={toggleRail}
          />
        </nav>
        <div className={styles.main} id="main" tabIndex={-1}>
          <Offline />
          <JobNotices />
          <Outlet />
        </div>
      </div>
      <Palette open={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
      <Help open={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </PaletteContext>
  );
}

interface RailItem {
  icon: React.ReactNode;
  word: string;
  isNarrow: boolean;
}

function RailLink({ to, icon, word, isNarrow, isOn }: RailItem & { to: "/experiments" | "/models" | "/projects" | "/jobs" | "/trash"; isOn?: boolean }) {
  return (
    <Link
      to={to}
      className={classes(styles.item, isOn && styles.active)}
      activeProps={{ className: classes(styles.item, styles.active) }}
      title={isNarrow ? word : undefined}
      aria-label={word}
    >
      {icon}
      {!isNarrow && <span className={styles.word}>{word}</span>}
    </Link>
  );
}

function RailButton({ icon, word, isNarrow, ...rest }: RailItem & React.ComponentProps<"button">) {
  return (
    <button type="button" className={styles.item} title={isNarrow ? word : undefined} aria-label={word} {...rest}>
      {icon}
      {!isNarrow && <span className={styles.word}>{word}</span>}
    </button>
  );
}

function ThemeButton({ isNarrow }: { isNarrow: boolean }) {
  const { choice, choose, theme } = useTheme();
  const entry = (value: ThemeChoice, label: string, icon: React.ReactNode) => ({
    label,
    icon,
    checked: choice === value,
    onSelect: () => choose(value),
  });
  return (
    <Menu
      trigger={<RailButton icon={theme === "dark" ? <Moon size={16} /> : <Sun size={16} />} word="Theme" isNarrow={isNarrow} />}
      entries={[
        entry("system", "As the system", <Monitor size={14} />),
        entry("light", "Light", <Sun size={14} />),
        entry("dark", "Dark", <Moon size={14} />),
      ]}
    />
  );
}
