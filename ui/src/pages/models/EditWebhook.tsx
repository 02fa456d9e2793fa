import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context";
import { webhookKeys } from "../../api/registry/webhookQueries";
import { EVENT_GROUPS, type Webhook, type WebhookEvent } from "../../api/registry/webhooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Labelled, TextInput } from "../../components/Field";
import shared from "./models.module.css";
import styles from "./Webhooks.module.css";

const FIRST: WebhookEvent[] = ["model_version.created", "model_version_alias.created"];
const RARE = "Prompt";

/** Makes a webhook, or changes one. */
export function EditWebhook({ webhook: before, hosts, onSaved, onClose }: { webhook?: Webhook; hosts: readonly string[]; onSaved: (webhook: Webhook) => void; onClose: () => void }) {
  const { webhooks } = useApi();
  const client = useQueryClient();
  const [name, setName] = useState(before?.name ?? "");
  const [url, setUrl] = useState(before?.url ?? "");
  const [description, setDescription] = useState(before?.description ?? "");
  const [events, setEvents] = useState<readonly WebhookEvent[]>(before?.events ?? FIRST);
  const [secret, setSecret] = useState("");
  const [isUnsigned, setUnsigned] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const texts = { name: name.trim(), url: url.trim(), description: description.trim(), events: [...events], isActive: before?.isActive ?? true };
      if (!before) return webhooks.create(texts, secret);
      return webhooks.update(before.id, { ...texts, ...(isUnsigned ? { secret: "" } : secret ? { secret } : {}) });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: webhookKeys.all });
      onSaved(saved);
    },
  });
  const toggle = (event: WebhookEvent) => setEvents(events.includes(event) ? events.filter((other) => other !== event) : [...events, event]);
  const canSave = name.trim() !== "" && url.trim() !== "" && events.length > 0 && !save.isPending;
  return (
    <Dialog
      open
      onClose={onClose}
      width={600}
      title={before ? "Change the webhook" : "New webhook"}
      onSubmit={() => canSave && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!canSave}>
            {before ? "Save webhook" : "Create webhook"}
          </Button>
        </>
      }
    >
      <div className={styles.pair}>
        <Labelled label="Name">
          <TextInput autoFocus value={name} maxLength={250} onChange={(event) => setName(event.target.value)} placeholder="deploy" />
        </Labelled>
        <Labelled label="Address">
          <TextInput value={url} maxLength={2000} inputMode="url" onChange={(event) => setUrl(event.target.value)} placeholder="https://ci.example.com/hooks/models" />
        </Labelled>
      </div>
      <p className={shared.quiet}>{allowed(hosts)}</p>
      <Labelled label="What it is for">
        <TextInput value={description} onChange={(event) => setDescription(event.target.value)} />
      </Labelled>
      <fieldset className={shared.group}>
        <legend>Told of</legend>
        {EVENT_GROUPS.map(([word, known]) => (
          <details key={word} open={word !== RARE || known.some((event) => events.includes(event))} className={styles.events}>
            <summary>{word}</summary>
            <div>
              {known.map((event) => (
                <label key={event} className={shared.choice}>
                  <input type="checkbox" checked={events.includes(event)} onChange={() => toggle(event)} />
                  {event}
                </label>
              ))}
            </div>
          </details>
        ))}
      </fieldset>
      <Labelled label={before?.hasSecret ? "Secret; empty: the one it has" : "Secret that signs what is sent"}>
        <TextInput type="password" autoComplete="new-password" disabled={isUnsigned} value={secret} maxLength={1000} onChange={(event) => setSecret(event.target.value)} />
      </Labelled>
      {before?.hasSecret && (
        <label className={shared.choice}>
          <input type="checkbox" checked={isUnsigned} onChange={() => setUnsigned(!isUnsigned)} />
          Sign nothing from now on
        </label>
      )}
      {save.error && (
        <p role="alert" className={shared.bad}>
          {save.error.message}
        </p>
      )}
    </Dialog>
  );
}

/** Where this server sends webhooks, in a sentence. */
function allowed(hosts: readonly string[]): string {
  const named = hosts.filter((host) => host !== "public");
  const publicly = hosts.includes("public") ? "to public addresses by https" : "";
  return `This server sends webhooks ${[publicly, ...(named.length ? [`to ${named.join(", ")}`] : [])].filter(Boolean).join(", and ")}.`;
}
