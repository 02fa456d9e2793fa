import { Dialog as Base } from "@base-ui/react/dialog";
import type { FormEvent, ReactNode } from "react";
import styles from "./Dialog.module.css";

/** For what needs several fields or cannot be undone. Enter submits, unless what is inside has a form of its own. */
export function Dialog({
  open,
  onClose,
  title,
  isTitleHidden,
  children,
  foot,
  onSubmit,
  width = 440,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  /** The name is only read aloud. */
  isTitleHidden?: boolean;
  children: ReactNode;
  foot?: ReactNode;
  onSubmit?: () => void;
  width?: number;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  const inside = (
    <>
      <div className={styles.body}>{children}</div>
      {foot && <div className={styles.foot}>{foot}</div>}
    </>
  );
  return (
    <Base.Root open={open} onOpenChange={(next: boolean) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.shade} />
        <Base.Popup className={styles.popup} style={{ width }}>
          <Base.Title className={isTitleHidden ? "sr-only" : styles.head}>{title}</Base.Title>
          {onSubmit ? <form onSubmit={submit}>{inside}</form> : inside}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
