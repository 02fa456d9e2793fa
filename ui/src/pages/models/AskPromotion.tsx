import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { ModelVersion, RegisteredModel } from "../../api/registry/model";
import { modelKeys } from "../../api/registry/queries";
import type { Gate, Promotion } from "../../api/registry/rules";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextArea, TextInput } from "../../components/Field";
import { TokenField } from "../../components/TokenField";
import { useMe } from "../../records/useMe";
import { GateFields } from "./GateFields";
import { saidGates, usualGates } from "./gates";
import { tellingMetrics } from "./headline";
import shared from "./models.module.css";
import styles from "./Promotions.module.css";

const ALIAS = /^[\w-]+$/;
const USUAL = ["champion", "challenger", "candidate"];
const METRICS = 60;

/** Asks that an alias move to a version, under conditions and after people have looked. */
export function AskPromotion({
  model,
  version,
  onAsked,
  onClose,
}: {
  model: RegisteredModel;
  version: ModelVersion;
  onAsked: (request: Promotion) => void;
  onClose: () => void;
}) {
  const { rules } = useApi();
  const client = useQueryClient();
  const [me, setMe] = useMe();
  const aliases = Object.keys(model.aliases);
  const [alias, setAlias] = useState(() => [...USUAL, ...aliases].find((name) => model.aliases[name] !== version.version) ?? "");
  const [user, setUser] = useState(me);
  const [why, setWhy] = useState("");
  const [gates, setGates] = useState<Gate[]>(() => usualGates(version));
  const [reviewers, setReviewers] = useState<string[]>([]);
  const [nApprovals, setApprovals] = useState(1);
  const name = alias.trim();
  const now = Object.hasOwn(model.aliases, name) ? model.aliases[name] : undefined;
  const problem = name && !ALIAS.test(name) ? "Letters, digits, underscores and dashes make an alias." : now === version.version ? `“${name}” is version ${now} already.` : undefined;
  const most = reviewers.length || 50;
  const ask = useMutation({
    mutationFn: () =>
      rules.askPromotion({
        name: model.name,
        version: version.version,
        alias: name,
        description: why.trim(),
        user: user.trim(),
        reviewers,
        nApprovals: Math.min(nApprovals, most),
        gates: saidGates(gates),
      }),
    onSuccess: async (request) => {
      setMe(user);
      onAsked(request);
      await client.invalidateQueries({ queryKey: modelKeys.all });
    },
  });
  const canAsk = name !== "" && !problem && user.trim() !== "" && !ask.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Ask for the promotion of version ${version.version}`}
      width={580}
      onSubmit={() => canAsk && ask.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canAsk}>
            Ask for promotion
          </Button>
        </>
      }
    >
      <div className={styles.pair}>
        <Labelled label="Alias that is to move here" error={problem}>
          <TextInput autoFocus list="promotion-aliases" value={alias} onChange={(event) => setAlias(event.target.value)} />
        </Labelled>
        <Labelled label="Your name">
          <TextInput value={user} onChange={(event) => setUser(event.target.value)} placeholder="ada" />
        </Labelled>
      </div>
      <datalist id="promotion-aliases">
        {[...new Set([...aliases, ...USUAL])].map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <Labelled label="Why, in Markdown">
        <TextArea rows={3} value={why} onChange={(event) => setWhy(event.target.value)} placeholder="What is better, and how you know" />
      </Labelled>
      <GateFields gates={gates} metrics={tellingMetrics(version.card.metrics, METRICS).map(({ key }) => key)} onChange={setGates} />
      <div className={styles.pair}>
        <div className={styles.labelled}>
          Reviewers; nobody named: anybody but you
          <TokenField label="Reviewers" words={reviewers} placeholder="eve, bob" onChange={setReviewers} />
        </div>
        <Labelled label="Approvals needed">
          <TextInput type="number" min={0} max={most} value={Math.min(nApprovals, most)} onChange={(event) => setApprovals(Math.max(0, Math.round(Number(event.target.value))))} />
        </Labelled>
      </div>
      {ask.error && (
        <p role="alert" className={shared.bad}>
          {ask.error.message}
        </p>
      )}
    </Dialog>
  );
}
