import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CirclePause, Clock, KeyRound, Pencil, Power, Send, Trash2, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import { useDeliveries, webhookKeys } from "../../api/registry/webhookQueries";
import type { Delivery, Webhook, WebhookTrial } from "../../api/registry/webhooks";
import { Button } from "../../components/Button";
import { Code, CopyButton } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import { Bone } from "../../components/States";
import { Ago } from "../../components/Time";
import { useNotes } from "../../components/Toasts";
import { duration, plural } from "../../lib/format";
import { EditWebhook } from "./EditWebhook";
import list from "./ListAndOne.module.css";
import shared from "./models.module.css";
import styles from "./Webhooks.module.css";

/** One webhook: what it is told of, a call to try it, and what was sent. */
export function WebhookDetail({ webhook, hosts }: { webhook: Webhook; hosts: readonly string[] }) {
  const { webhooks } = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const [doing, setDoing] = useState<"edit" | "delete" | null>(null);
  const settle = () => client.invalidateQueries({ queryKey: webhookKeys.all });
  const turn = useMutation({
    mutationFn: () => webhooks.update(webhook.id, { isActive: !webhook.isActive }),
    onError: (error) => notes.failed("The webhook was not changed", error),
    onSettled: settle,
  });
  const remove = useMutation({
    mutationFn: () => webhooks.remove(webhook.id),
    onSuccess: () => notes.done(`“${webhook.name}” deleted`),
    onError: (error) => notes.failed("The webhook was not deleted", error),
    onSettled: settle,
  });
  const test = useMutation({ mutationFn: () => webhooks.test(webhook.id) });
  return (
    <article className={list.detail} aria-label={`Webhook ${webhook.name}`}>
      <header className={list.top}>
        <h3>{webhook.name}</h3>
        {!webhook.isActive && (
          <span className={styles.off}>
            <CirclePause size={13} aria-hidden /> switched off
          </span>
        )}
        <span className={webhook.hasSecret ? styles.signed : shared.quiet}>
          {webhook.hasSecret && <KeyRound size={12} aria-hidden />} {webhook.hasSecret ? "signed" : "not signed"}
        </span>
      </header>
      {webhook.description && <p>{webhook.description}</p>}
      <p className={styles.url}>
        <code>{webhook.url}</code>
        <CopyButton text={webhook.url} label="Copy the address" />
      </p>
      <div className={shared.buttons}>
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          <Send size={13} />
          {test.isPending ? "Sending a test" : "Send a test"}
        </Button>
        <Button look="quiet" onClick={() => setDoing("edit")}>
          <Pencil size={13} />
          Change
        </Button>
        <Button look="quiet" disabled={turn.isPending} onClick={() => turn.mutate()}>
          <Power size={13} />
          {webhook.isActive ? "Switch off" : "Switch on"}
        </Button>
        <Button look="quiet" onClick={() => setDoing("delete")}>
          <Trash2 size={13} />
          Delete
        </Button>
      </div>
      {(test.data ?? test.error) && <Trial trial={test.data} error={test.error} />}
      {webhook.lastDropMs !== null && (
        <p className={styles.dropped}>
          <TriangleAlert size={13} aria-hidden />
          <span>
            It was never told of {plural(webhook.nDropped, "event")}, the last <Ago ms={webhook.lastDropMs} />: as many deliveries waited as may. What its receiver knows of the registry may be out of date.
          </span>
        </p>
      )}
      <section>
        <h4>Told of</h4>
        <p className={styles.chips}>
          {webhook.events.map((event) => (
            <code key={event}>{event}</code>
          ))}
        </p>
      </section>
      <Deliveries id={webhook.id} />
      {doing === "edit" && <EditWebhook webhook={webhook} hosts={hosts} onClose={() => setDoing(null)} onSaved={() => setDoing(null)} />}
      <Dialog
        open={doing === "delete"}
        onClose={() => setDoing(null)}
        title="Delete this webhook?"
        foot={
          <>
            <Button onClick={() => setDoing(null)}>Keep it</Button>
            <Button
              look="danger"
              onClick={() => {
                setDoing(null);
                remove.mutate();
              }}
            >
              Delete webhook
            </Button>
          </>
        }
      >
        <p>
          <b>{webhook.name}</b> goes for good, with its history and what still waits to be sent.
        </p>
      </Dialog>
    </article>
  );
}

/** How the test call went. */
function Trial({ trial, error }: { trial: WebhookTrial | undefined; error: Error | null }) {
  const isFine = trial?.isDelivered === true;
  return (
    <div role="status" className={styles.trial}>
      <p className={isFine ? shared.good : shared.bad}>
        {error
          ? error.message
          : isFine
            ? `Delivered: answered with ${trial.status} in ${duration(trial.ms)}.`
            : `Not delivered${trial?.status ? `, answered with ${trial.status}` : ""}: ${trial?.error}`}
      </p>
      {trial && (
        <details>
          <summary>What was sent</summary>
          <Code text={readable(trial.body)} plain wrap />
        </details>
      )}
    </div>
  );
}

function Deliveries({ id }: { id: string }) {
  const { webhooks } = useApi();
  const client = useQueryClient();
  const notes = useNotes();
  const { data, error } = useDeliveries(id);
  const again = useMutation({
    mutationFn: (deliveryId: string) => webhooks.redeliver(deliveryId),
    onError: (failed) => notes.failed("It was not sent again", failed),
    onSettled: () => client.invalidateQueries({ queryKey: webhookKeys.deliveries(id) }),
  });
  return (
    <section>
      <h4>Deliveries</h4>
      {error && !data ? (
        <p className={shared.bad}>{error.message}</p>
      ) : !data ? (
        <Bone width="80%" height={28} />
      ) : !data.length ? (
        <p className={shared.quiet}>Nothing has been sent. What is sent, and how it went, is listed here; test calls are not.</p>
      ) : (
        <ul className={styles.deliveries}>
          {data.map((delivery) => (
            <DeliveryEntry key={delivery.id} delivery={delivery} onAgain={() => again.mutate(delivery.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

const MARKS = { waiting: Clock, delivered: Check, failed: X };

function DeliveryEntry({ delivery, onAgain }: { delivery: Delivery; onAgain: () => void }) {
  const { state, status, nAttempts } = delivery;
  const Icon = MARKS[state];
  return (
    <li>
      <details>
        <summary>
          <span className={styles[state]}>
            <Icon size={13} aria-hidden />
            <span className="sr-only">{state}: </span>
          </span>
          <code>{delivery.event}</code>
          <span className={shared.quiet}>
            {state === "waiting" ? "waits" : state}
            {status !== null && `${state === "waiting" ? " after" : " with"} ${status}`}
            {nAttempts > 1 && `, ${plural(nAttempts, "attempt")}`}
          </span>
          <span className={styles.when}>
            <Ago ms={delivery.createdMs} />
          </span>
        </summary>
        <div className={styles.sent}>
          {delivery.error && <p className={shared.bad}>{delivery.error}</p>}
          {state === "waiting" && (
            <p className={shared.quiet}>
              It is sent next at <time dateTime={new Date(delivery.timeMs).toISOString()}>{new Date(delivery.timeMs).toLocaleTimeString("en-GB")}</time>.
            </p>
          )}
          <Code text={readable(delivery.body)} plain wrap />
          {state !== "waiting" && (
            <Button small onClick={onAgain}>
              <Send size={12} />
              Send again
            </Button>
          )}
        </div>
      </details>
    </li>
  );
}

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
