import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { Usage } from "../../api/keeping/model";
import { keepingKeys } from "../../api/keeping/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { useNotes } from "../../components/Toasts";
import { limitText, readLimit } from "../../lib/quotas";
import { isDefault, isShared, ownerWord } from "./owners";
import styles from "./quotas.module.css";

/** What an owner may keep and ask; for administrators. */
export function EditQuota({ usage, onClose }: { usage: Usage; onClose: () => void }) {
  const { keeping } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const [runs, setRuns] = useState(limitText(usage.own.maxRuns));
  const [size, setSize] = useState(limitText(usage.own.maxBytes));
  const [points, setPoints] = useState(limitText(usage.own.maxPoints));
  const [rate, setRate] = useState(limitText(usage.own.maxRequestsPerS));
  const maxRuns = readLimit(runs);
  const maxBytes = readLimit(size, true);
  const maxPoints = readLimit(points);
  const maxRequestsPerS = readLimit(rate);
  const save = useMutation({
    mutationFn: () => keeping.setQuota(usage.owner, { maxRuns: maxRuns ?? null, maxBytes: maxBytes ?? null, maxPoints: maxPoints ?? null, maxRequestsPerS: maxRequestsPerS ?? null }),
    onSuccess: async () => {
      notes.done("The quota is set");
      await queries.invalidateQueries({ queryKey: keepingKeys.usages });
      onClose();
    },
  });
  const wrong = (limit: number | null | undefined, isWhole: boolean) =>
    limit === undefined || (isWhole && limit !== null && !Number.isInteger(limit)) ? "A number, none, or nothing." : undefined;
  const errors = [wrong(maxRuns, true), wrong(maxBytes, true), wrong(maxPoints, true), wrong(maxRequestsPerS, false)];
  const empty = isDefault(usage) ? "no limit" : "as the default has it";
  return (
    <Dialog
      open
      onClose={onClose}
      title={isDefault(usage) ? `Quota of all ${isShared(usage) ? "workspaces" : "users"} without their own` : `Quota of ${ownerWord(usage.owner)}`}
      onSubmit={() => errors.some(Boolean) || save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" look="primary" disabled={errors.some(Boolean) || save.isPending}>
            Set the quota
          </Button>
        </>
      }
    >
      <Labelled label="Runs" error={errors[0]}>
        <TextInput value={runs} placeholder={empty} onChange={(event) => setRuns(event.target.value)} />
      </Labelled>
      <Labelled label="Space of files, such as 500 GB or 2 TiB" error={errors[1]}>
        <TextInput value={size} placeholder={empty} onChange={(event) => setSize(event.target.value)} />
      </Labelled>
      <Labelled label="Points of metrics" error={errors[2]}>
        <TextInput value={points} placeholder={empty} onChange={(event) => setPoints(event.target.value)} />
      </Labelled>
      <Labelled label={isShared(usage) ? "Requests a second, of all in it together" : "Requests a second"} error={errors[3] ?? save.error?.message}>
        <TextInput value={rate} placeholder={empty} onChange={(event) => setRate(event.target.value)} />
      </Labelled>
      <p className={styles.quiet}>Write “none” for no limit{isDefault(usage) ? "." : ", whatever the default says."}</p>
    </Dialog>
  );
}
