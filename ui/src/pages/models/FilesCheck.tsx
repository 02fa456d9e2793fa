import { useMutation } from "@tanstack/react-query";
import { Check, ShieldCheck, X } from "lucide-react";
import { useApi } from "../../api/context";
import type { FileCheck, ModelFiles, ModelVersion, Verification } from "../../api/registry/model";
import { Button } from "../../components/Button";
import { bytes, plural } from "../../lib/format";
import shared from "./models.module.css";
import styles from "./FilesCheck.module.css";

const MOST = 50;

/** Has the server read the files again, and says whether they are those that were registered. */
export function FilesCheck({ version }: { version: ModelVersion }) {
  const { registry } = useApi();
  const check = useMutation({ mutationFn: () => registry.verifyVersion(version.name, version.version) });
  return (
    <div className={styles.check} role="status" aria-busy={check.isPending}>
      <Button small disabled={check.isPending} onClick={() => check.mutate()}>
        <ShieldCheck size={13} />
        {check.isPending ? "Reading the files" : "Verify files"}
      </Button>
      {check.error && <p className={shared.bad}>{check.error.message}</p>}
      {check.data && !check.isPending && <Outcome found={check.data} />}
    </div>
  );
}

function Outcome({ found: { isUnchanged, registered, found, files } }: { found: Verification }) {
  if (isUnchanged) {
    return (
      <p className={shared.good}>
        <Check size={13} aria-hidden /> Unchanged: {files.length ? "each of " : ""}
        {plural(found.nFiles, "file")} with the digest of the registration.
      </p>
    );
  }
  const differing = files.filter(({ state }) => state !== "same");
  return (
    <>
      <p className={shared.bad}>
        <X size={13} aria-hidden /> These are not the files that were registered.
      </p>
      {differing.length > 0 && <Differences files={differing} nSame={files.length - differing.length} />}
      <dl className={shared.rows}>
        <dt>Registered</dt>
        <dd>{say(registered)}</dd>
        <dt>Found</dt>
        <dd>{say(found)}</dd>
      </dl>
    </>
  );
}

function Differences({ files, nSame }: { files: FileCheck[]; nSame: number }) {
  return (
    <>
      <ul className={styles.files} aria-label="Files that differ">
        {files.slice(0, MOST).map(({ path, state, bytesThen, bytesNow }) => (
          <li key={path}>
            <span className={styles[state]}>{state}</span>
            <code title={path}>{path}</code>
            <span className={shared.quiet}>{state === "changed" && bytesThen !== bytesNow ? `${bytes(bytesThen)}, now ${bytes(bytesNow)}` : bytes(bytesNow ?? bytesThen)}</span>
          </li>
        ))}
      </ul>
      <p className={shared.quiet}>
        {files.length > MOST && `and ${plural(files.length - MOST, "file")} more; `}
        {nSame ? `${plural(nSame, "file")} as registered` : "No file is as it was registered"}
      </p>
    </>
  );
}

function say({ nBytes, nFiles, digest }: ModelFiles): React.ReactNode {
  return (
    <>
      {bytes(nBytes)} in {plural(nFiles, "file")}, <code title={digest}>{digest.replace("sha256:", "").slice(0, 12)}…</code>
    </>
  );
}
