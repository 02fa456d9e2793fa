import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Labelled, TextInput } from "../../components/Field";
import { Entrance } from "./Entrance";
import styles from "./Entrance.module.css";

const MAY: Record<string, string> = { reader: "read everything that you can read", contributor: "read, record and change what you can", manager: "do everything that you can" };

/** Where a program is let in that waits elsewhere, such as `runfold login` in a terminal. */
export function LetInPage({ name, code: given }: { name: string; code: string }) {
  const [code, setCode] = useState(given);
  const [typed, setTyped] = useState("");
  if (code) return <Waiting key={code} name={name} code={code} onOther={() => setCode("")} />;
  return (
    <Entrance title="Let a program in">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim()) setCode(typed.trim());
        }}
      >
        <Labelled label="The code that it shows">
          <TextInput autoFocus name="code" autoComplete="off" autoCapitalize="characters" placeholder="BCDF-GHJK" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Labelled>
        <Button look="primary" type="submit" disabled={!typed.trim()}>
          Go on
        </Button>
      </form>
    </Entrance>
  );
}

function Waiting({ name, code, onOther }: { name: string; code: string; onOther: () => void }) {
  const { accounts } = useApi();
  const { data: program, error } = useQuery({ queryKey: ["waiting", code], queryFn: () => accounts.waitingProgram(code), retry: false, staleTime: Infinity });
  const decide = useMutation({ mutationFn: (letsIn: boolean) => accounts.decideProgram(code, letsIn) });
  if (decide.isSuccess) {
    return (
      <Entrance title={decide.variables ? "The program is in" : "The program was refused"}>
        <p role="status" className={styles.text}>
          {decide.variables ? "You can close this page and go back to the terminal. The token stands among those of your account, where it can be revoked." : "It got nothing. You can close this page."}
        </p>
      </Entrance>
    );
  }
  if (error) {
    return (
      <Entrance title="Let a program in">
        <p role="alert" className={styles.bad}>
          No program waits under this code. It waits ten minutes, and is let in once.
        </p>
        <Button onClick={onOther}>Type another code</Button>
      </Entrance>
    );
  }
  if (!program) return <Entrance title="Let a program in">{null}</Entrance>;
  return (
    <Entrance title="Let a program in">
      <p className={styles.text}>
        <strong>{program.program}</strong>, from {program.address}, asks for a token of {name}, to {MAY[program.scope] ?? "work"} for {program.days} {program.days === 1 ? "day" : "days"}.
      </p>
      <p className={styles.code} aria-label="Code">
        {program.code.slice(0, 4)}-{program.code.slice(4)}
      </p>
      <p className={styles.note}>Let it in if you have started it yourself just now and it shows this code. Whoever sent you here by a link may be after your rights.</p>
      {decide.error && (
        <p role="alert" className={styles.bad}>
          {decide.error.message}
        </p>
      )}
      <div className={styles.form}>
        <Button look="primary" disabled={decide.isPending} onClick={() => decide.mutate(true)}>
          Let it in
        </Button>
        <Button disabled={decide.isPending} onClick={() => decide.mutate(false)}>
          Refuse
        </Button>
      </div>
    </Entrance>
  );
}
