import { Toast } from "@base-ui/react/toast";
import { type ReactNode, useMemo } from "react";
import { classes } from "../lib/classes";
import type { Denial } from "./denial";
import styles from "./Toasts.module.css";

const UNDO_MS = 10_000;
const NOTE_MS = 5_000;

/** Short notes at the foot of the window. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={classes(styles.toast, toast.type === "error" && styles.error)}>
      <Toast.Title render={<p />} />
      <Toast.Action className={styles.action} />
    </Toast.Root>
  ));
}

export interface Notes {
  /** Says that something was done; `undo` takes it back within ten seconds. */
  done: (text: string, undo?: () => void) => void;
  /** Says that something happened, with a button that leads there. */
  told: (text: string, action: { word: string; run: () => void }) => void;
  failed: (what: string, error: unknown) => void;
  /** Says why what was asked for is not for who sits here. */
  denied: (denial: Denial) => void;
}

export function useNotes(): Notes {
  const { add, close } = Toast.useToastManager();
  return useMemo(
    () => ({
      done: (text, undo) => {
        const id = add({
          title: text,
          timeout: undo ? UNDO_MS : NOTE_MS,
          ...(undo
            ? {
                actionProps: {
                  children: "Undo",
                  onClick: () => {
                    undo();
                    close(id);
                  },
                },
              }
            : {}),
        });
      },
      told: (text, { word, run }) => {
        const id = add({
          title: text,
          timeout: UNDO_MS,
          actionProps: {
            children: word,
            onClick: () => {
              run();
              close(id);
            },
          },
        });
      },
      failed: (what, error) => {
        const why = error instanceof Error ? error.message : String(error);
        add({ title: `${what}: ${why}`, type: "error", priority: "high", timeout: UNDO_MS });
      },
      denied: ({ text }) => {
        add({ title: text, timeout: UNDO_MS });
      },
    }),
    [add, close],
  );
}
