import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import { ruleKeys } from "../../api/registry/ruleQueries";
import { type ModelPolicy, REQUIRABLE } from "../../api/registry/rules";
import { Button } from "../../components/Button";
import { TokenField } from "../../components/TokenField";
import { useNotes } from "../../components/Toasts";
import { useMe } from "../../records/useMe";
import { useAdminDenial } from "../../records/accounts/useRights";
import { FIELD_WORDS } from "./gates";
import { FLAVOURS, SERIALISATIONS, policyUnder, samePolicy } from "./policies";
import shared from "./models.module.css";
import styles from "./Policy.module.css";

/** Which models may be registered. `general` is the server's policy, where one model's is edited under it. */
export function PolicyForm({ name, policy, general }: { name: string; policy: ModelPolicy; general?: ModelPolicy }) {
  const { rules } = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const [me] = useMe();
  const denied = useAdminDenial();
  const [draft, setDraft] = useState(policy);
  const set = (patch: Partial<ModelPolicy>) => setDraft({ ...draft, ...patch });
  const isChanged = !samePolicy(draft, policy);
  const keep = (saved: ModelPolicy) => {
    client.setQueryData(ruleKeys.policy(name), saved);
    setDraft(saved);
  };
  const save = useMutation({
    mutationFn: (next: ModelPolicy) => rules.setPolicy(name, next, me),
    onSuccess: (saved) => {
      keep(saved);
      notes.done("The policy holds from now on", () => void rules.setPolicy(name, policy, me).then(keep, (error: unknown) => notes.failed("It could not be taken back", error)));
    },
  });
  const inherited = (words: readonly string[] | undefined) => (words?.length ? `as on the server: ${words.join(", ")}` : "any");
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) save.mutate(draft);
      }}
    >
      {denied && <p className={shared.quiet}>You see the policy as it is. To change it is for administrators.</p>}
      <fieldset className={styles.fields} disabled={denied !== null}>
      <Row word="Flavours" about="One of these must be among a model's flavours.">
        <TokenField label="Flavours that may be registered" words={draft.flavours} known={FLAVOURS} placeholder={inherited(general?.flavours)} onChange={(flavours) => set({ flavours })} />
      </Row>
      <Row word="Formats" about="How weights may be kept. Formats such as skops, safetensors and ONNX run no code when they are loaded.">
        <TokenField
          label="Formats that may be registered"
          words={draft.serialisations}
          known={SERIALISATIONS}
          placeholder={inherited(general?.serialisations)}
          onChange={(serialisations) => set({ serialisations })}
        />
      </Row>
      <Row word="Harmful code" about="Uploads are read without running anything; what would start commands or open connections when it is loaded is found. That nothing is found proves nothing.">
        <div className={styles.choices} role="radiogroup" aria-label="Models that would run harmful code">
          {general && <Choice scan={null} word={`As on the server: ${general.scan === "off" ? "not scanned" : "refused"}`} chosen={draft.scan} onChoose={(scan) => set({ scan })} />}
          <Choice scan="refuse" word="Refuse models that would run harmful code" chosen={general ? draft.scan : (draft.scan ?? "refuse")} onChoose={(scan) => set({ scan })} />
          <Choice scan="off" word="Do not scan" chosen={draft.scan} onChoose={(scan) => set({ scan })} />
        </div>
      </Row>
      <Row word="Must be told" about="A version that does not say these is not registered. The MLmodel file, the run or whoever registers it may say them.">
        <div className={styles.choices}>
          {REQUIRABLE.map((field) => {
            const isGeneral = general?.required.includes(field) ?? false;
            return (
              <label key={field} className={shared.choice}>
                <input
                  type="checkbox"
                  disabled={isGeneral}
                  checked={isGeneral || draft.required.includes(field)}
                  onChange={() => set({ required: draft.required.includes(field) ? draft.required.filter((other) => other !== field) : [...draft.required, field] })}
                />
                {FIELD_WORDS[field]}
                {isGeneral && <span className={shared.quiet}>on the server</span>}
              </label>
            );
          })}
        </div>
      </Row>
      </fieldset>
      {general && <InForce policy={policyUnder(draft, general)} />}
      <div className={shared.buttons}>
        <Button look="primary" type="submit" denied={denied} disabled={!isChanged || save.isPending}>
          Save policy
        </Button>
        {!denied && (
          <Button disabled={!isChanged} onClick={() => setDraft(policy)}>
            Discard changes
          </Button>
        )}
        <span className={shared.quiet}>Versions that are registered already stay as they are.</span>
      </div>
      {save.error && (
        <p role="alert" className={shared.bad}>
          {save.error.message}
        </p>
      )}
    </form>
  );
}

function Row({ word, about, children }: { word: string; about: string; children: React.ReactNode }) {
  return (
    <section className={styles.row}>
      <div>
        <h3>{word}</h3>
        <p className={shared.quiet}>{about}</p>
      </div>
      {children}
    </section>
  );
}

function Choice({ scan, word, chosen, onChoose }: { scan: ModelPolicy["scan"]; word: string; chosen: ModelPolicy["scan"]; onChoose: (scan: ModelPolicy["scan"]) => void }) {
  return (
    <label className={shared.choice}>
      <input type="radio" name="scan" checked={chosen === scan} onChange={() => onChoose(scan)} />
      {word}
    </label>
  );
}

/** In one sentence, what a version has to be. */
function InForce({ policy }: { policy: ModelPolicy }) {
  const parts = [
    policy.flavours.length ? `of flavour ${policy.flavours.join(" or ")}` : "of any flavour",
    policy.serialisations.length ? `kept as ${policy.serialisations.join(" or ")}` : "in any format",
    policy.scan === "off" ? "unscanned" : "without harmful code",
    ...(policy.required.length ? [`with ${policy.required.map((field) => (FIELD_WORDS[field] ?? field).toLowerCase()).join(", ")} told`] : []),
  ];
  return <p role="status">A version here may be {parts.join(", ")}.</p>;
}
