import { useState } from "react";
import { useAccess, useAccount } from "../../api/accounts/queries";
import { Button } from "../../components/Button";
import { AccessDialog } from "../../records/accounts/AccessDialog";
import styles from "./ExperimentsPage.module.css";

const EVERYTHING = "everything";
/** A house that shares by folders alone need not hear of it again. */
const SEEN_KEY = "runfold.sharing-seen";

/** Tells administrators of a store that others see nothing of: so it is after users came to an open one. */
export function SharingNotice() {
  const account = useAccount();
  const [isSeen, setSeen] = useState(() => localStorage.getItem(SEEN_KEY) !== null);
  const [isOpen, setOpen] = useState(false);
  const isAdmin = account?.isAdmin ?? false;
  const { data: report } = useAccess(EVERYTHING, "", isAdmin && !isSeen);
  const isClosed = report !== undefined && !report.grants.length;
  const leave = () => {
    localStorage.setItem(SEEN_KEY, "1");
    setSeen(true);
  };
  return (
    <>
      {isAdmin && !isSeen && isClosed && (
        <section className={styles.notice} aria-label="Who sees this">
          <p>
            <b>Only administrators see everything here.</b> What was recorded before there were users is closed to others until you share it: all of it, or single
            folders, experiments and models by Access in their menus.
          </p>
          <Button small onClick={() => setOpen(true)}>
            Share everything…
          </Button>
          <Button small look="quiet" onClick={leave}>
            Leave it so
          </Button>
        </section>
      )}
      {isOpen && <AccessDialog place={EVERYTHING} title="everything" onClose={() => setOpen(false)} />}
    </>
  );
}
