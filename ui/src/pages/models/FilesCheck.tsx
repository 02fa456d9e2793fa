import { useMutation } from "@tanstack/react-query";
import { Check, ShieldCheck, X } from "lucide-react";
import { useApi } from "../../api/context";
import type { ModelFiles, ModelVersion, Verification } from "../../api/registry/model";
import { Button } from "../../components/Button";
import { bytes, plural } from "../../lib/format";
import shared from "./models.module.css";
import styles from "./FilesCheck.module.css";

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

function Outcome({ found: { isUnchanged, registered, found } }: { found: Verification }) {
  if (isUnchanged) {
    return (
      <p className={shared.good}>
        <Check size={13} aria-hidden /> Unchanged: {plural(found.nFiles, "file")} with the digest of the registration.
      </p>
    );
  }
  return (
    <>
      <p className={shared.bad}>
        <X size={13} aria-hidden /> These are not the files that were registered.
      </p>
      <dl className={shared.rows}>
        <dt>Registered</dt>
        <dd>{say(registered)}</dd>
        <dt>Found</dt>
        <dd>{say(found)}</dd>
      </dl>
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
