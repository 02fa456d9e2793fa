import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Role } from "../../api/accounts/model";
import { useRoles } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import { type ChosenPlace, TokenPlaces } from "./TokenPlaces";
import { scopeMeaning } from "./words";
import styles from "./accounts.module.css";

const DAY_MS = 86_400_000;
const LIVES: [number | null, string][] = [
  [30, "30 days"],
  [90, "90 days"],
  [365, "a year"],
  [null, "until it is revoked"],
];

/** Makes a token of a user, and shows its secret this one time. */
export function MakeToken({ user, onClose }: { user: string; onClose: () => void }) {
  const { accounts } = useApi();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Role>("contributor");
  const roles = (useRoles().data ?? []).filter(({ abilities }) => abilities.length > 0);
  const [days, setDays] = useState<number | null>(90);
  const [isLimited, setLimited] = useState(false);
  const [chosen, setChosen] = useState<ChosenPlace[]>([]);
  const places = isLimited ? chosen.map(({ place }) => place) : [];
  // A token that is limited to nothing would be one that is not limited.
  const canMake = !isLimited || chosen.length > 0;
  const make = useMutation({
    mutationFn: () => accounts.createToken({ user, name: name.trim(), scope, places, expiresMs: days === null ? null : Date.now() + days * DAY_MS }),
  });
  if (make.data) {
    return (
      <Dialog open onClose={onClose} title="Copy the token now" foot={<Button look="primary" onClick={onClose}>Done</Button>}>
        <p>It is shown this one time. Keep it where you keep passwords; whoever has it can do what it can.</p>
        <Code plain wrap text={make.data} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Make a token for ${user}`}
      onSubmit={() => canMake && !make.isPending && make.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canMake || make.isPending}>
            Make the token
          </Button>
        </>
      }
    >
      <Labelled label="What it is for" error={make.error?.message}>
        <TextInput autoFocus maxLength={250} value={name} placeholder="nightly training" onChange={(event) => setName(event.target.value)} />
      </Labelled>
      <Labelled label="What it may do, at most">
        <select className={styles.select} value={scope} onChange={(event) => setScope(event.target.value)}>
          {roles.map((role) => (
            <option key={role.name} value={role.name}>
              {scopeMeaning(role)}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled label="Where it works">
        <select className={styles.select} value={isLimited ? "some" : "all"} onChange={(event) => setLimited(event.target.value === "some")}>
          <option value="all">wherever {user} may work</option>
          <option value="some">in some places alone; nothing else exists for it</option>
        </select>
      </Labelled>
      {isLimited && <TokenPlaces chosen={chosen} onChosen={setChosen} />}
      <Labelled label="How long it lives">
        <select className={styles.select} value={String(days)} onChange={(event) => setDays(event.target.value === "null" ? null : Number(event.target.value))}>
          {LIVES.map(([value, word]) => (
            <option key={word} value={String(value)}>
              {word}
            </option>
          ))}
        </select>
      </Labelled>
    </Dialog>
  );
}
