import { CircleX, LoaderCircle } from "lucide-react";
import type { ModelVersion, VersionStatus } from "../../api/registry/model";
import { classes } from "../../lib/classes";
import styles from "./VersionState.module.css";

/** That a version cannot be used: not yet, or not at all. */
export function VersionStateMark({ status }: { status: Exclude<VersionStatus, "ready"> }) {
  return (
    <span className={classes(styles.mark, styles[status])}>
      {status === "pending" ? <LoaderCircle size={12} aria-hidden /> : <CircleX size={12} aria-hidden />}
      {status === "pending" ? "being registered" : "failed"}
    </span>
  );
}

/** Why, and what to do. */
export function NotReady({ version: { status, statusMessage } }: { version: ModelVersion }) {
  return (
    <p role="status" className={classes(styles.note, status === "failed" && styles.failed)}>
      {status === "pending" ? (
        "The server reads the files of this large model, takes their digests and scans them. Until that is done nothing leads to the version: no alias, promotion or download. This page follows by itself."
      ) : (
        <>
          <b>Its registration failed.</b> {statusMessage} Nothing leads to this version; delete it, and register a model that passes.
        </>
      )}
    </p>
  );
}
