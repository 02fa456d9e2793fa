import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import type { ModelEdits } from "./useModelEdits";

const WORDS = /^[\w-]+$/;
const USUAL = ["champion", "challenger", "candidate"];

/** Points an alias, old or new, to a version. */
export function SetAlias({ version, aliases, edits, onClose }: { version: number; aliases: Record<string, number>; edits: ModelEdits; onClose: () => void }) {
  const [alias, setAlias] = useState("");
  const [reason, setReason] = useState("");
  const name = alias.trim();
  const before = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  const problem = name && !WORDS.test(name) ? "Letters, digits, underscores and dashes make an alias." : undefined;
  const canSet = name !== "" && !problem && before !== version;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Point an alias to version ${version}`}
      onSubmit={() => {
        if (!canSet) return;
        void edits.moveAlias(name, version, before, reason.trim());
        onClose();
      }}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSet}>
            {before === undefined ? "Set alias" : "Move alias"}
          </Button>
        </>
      }
    >
      <Labelled label="Alias" error={problem}>
        <TextInput autoFocus list="known-aliases" value={alias} onChange={(event) => setAlias(event.target.value)} placeholder="champion" />
      </Labelled>
      <datalist id="known-aliases">
        {[...new Set([...Object.keys(aliases), ...USUAL])].map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <Labelled label="Why, for its history">
        <TextInput value={reason} onChange={(event) => setReason(event.target.value)} placeholder="better on the holdout of October" />
      </Labelled>
      <p role="status">
        {before === version
          ? `“${name}” is version ${version} already.`
          : before !== undefined
            ? `“${name}” is version ${before} now. Whoever loads it by this name gets version ${version} from the next load on.`
            : "Whoever loads the model by this name gets this version."}
      </p>
    </Dialog>
  );
}
