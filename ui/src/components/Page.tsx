import { Search } from "lucide-react";
import { type ReactNode, createContext, useContext, useEffect } from "react";
import { classes } from "../lib/classes";
import styles from "./Page.module.css";

/** How a page opens the palette without knowing who draws it. */
export const PaletteContext = createContext<() => void>(() => undefined);

/** A page: one slim bar with breadcrumb, search and actions, and its regions below. */
export function Page({
  title,
  crumbs,
  actions,
  scroll,
  children,
}: {
  /** For the browser's tab. */
  title: string;
  crumbs: ReactNode;
  actions?: ReactNode;
  /** The page scrolls as a whole; otherwise a region inside does. */
  scroll?: boolean;
  children: ReactNode;
}) {
  const openPalette = useContext(PaletteContext);
  useEffect(() => {
    document.title = title ? `${title} · Runfold` : "Runfold";
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <nav aria-label="Breadcrumb" className={styles.crumbs}>
          {crumbs}
        </nav>
        <button type="button" className={styles.search} onClick={openPalette} aria-label="Search and commands">
          <Search size={14} aria-hidden />
          Go to…
          <kbd>Ctrl K</kbd>
        </button>
        <div className={styles.actions}>{actions}</div>
      </header>
      <main className={classes(styles.body, scroll && styles.scroll)}>{children}</main>
    </div>
  );
}

export function CrumbSlash() {
  return (
    <span className={styles.slash} aria-hidden>
      /
    </span>
  );
}

export const crumbClass = styles.crumb;

export function CrumbHere({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <h1 className={classes(styles.crumb, styles.here)} style={{ fontSize: "inherit" }} title={title}>
      {children}
    </h1>
  );
}
