import { Plus } from "lucide-react";
import { useState } from "react";
import { useWebhooks } from "../../api/registry/webhookQueries";
import type { Webhook } from "../../api/registry/webhooks";
import { Button } from "../../components/Button";
import { useShortcuts } from "../../components/Shortcuts";
import { Bone, Bones, EmptyState } from "../../components/States";
import type { SetQuery } from "../../components/useQuery";
import { classes } from "../../lib/classes";
import { plural } from "../../lib/format";
import type { Query } from "../../lib/query";
import { useAdminDenial } from "../../records/accounts/useRights";
import { FailureState } from "../../records/FailureState";
import { EditWebhook } from "./EditWebhook";
import { WebhookDetail } from "./WebhookDetail";
import list from "./ListAndOne.module.css";
import shared from "./models.module.css";
import styles from "./Webhooks.module.css";

/** Addresses that are told of changes in the registry, and what became of what they were told. */
export function WebhooksTab({ query, setQuery }: { query: Query; setQuery: SetQuery }) {
  const denied = useAdminDenial();
  if (denied) return <EmptyState title="Webhooks are for administrators" text="They tell other services what happens in the whole registry, so administrators alone see and set them. Ask one of them if something should be told." />;
  return <Webhooks query={query} setQuery={setQuery} />;
}

function Webhooks({ query, setQuery }: { query: Query; setQuery: SetQuery }) {
  const { data, error, refetch } = useWebhooks();
  const [isMaking, setMaking] = useState(false);
  const webhooks = data?.webhooks ?? [];
  const chosen = webhooks.find(({ id }) => id === query.webhook) ?? webhooks[0];
  const place = webhooks.findIndex(({ id }) => id === chosen?.id);
  const choose = (webhook: Webhook | undefined) => webhook && setQuery({ webhook: webhook.id }, { replace: true });
  const isOff = data?.hosts.includes("none") ?? false;
  useShortcuts([
    { keys: "j", label: "Next webhook", run: () => choose(webhooks[place + 1]) },
    { keys: "k", label: "Previous webhook", run: () => choose(webhooks[place - 1]) },
    { keys: "n", label: "New webhook", run: () => data && !isOff && setMaking(true) },
  ]);
  if (error && !data) return <FailureState what="The webhooks could not be loaded" error={error} retry={() => void refetch()} />;
  if (!data) {
    return (
      <Bones label="The webhooks are loading">
        <Bone width="40%" height={36} />
        <Bone width="40%" height={36} />
      </Bones>
    );
  }
  const make = (
    <Button small={webhooks.length > 0} look={webhooks.length ? "plain" : "primary"} disabled={isOff} onClick={() => setMaking(true)}>
      <Plus size={13} />
      New webhook
    </Button>
  );
  const dialog = isMaking && (
    <EditWebhook
      hosts={data.hosts}
      onClose={() => setMaking(false)}
      onSaved={({ id }) => {
        setMaking(false);
        setQuery({ webhook: id });
      }}
    />
  );
  if (!chosen) {
    return (
      <>
        <EmptyState
          title={isOff ? "Webhooks are switched off" : "No webhook yet"}
          text={
            isOff
              ? "This server was started so that it sends nothing. --webhook-hosts says where webhooks may be sent:"
              : "A webhook is an address that is told when something changes: a version is registered, champion moves, a promotion is asked for. What is sent can be signed, and is sent again when nobody answers."
          }
          {...(isOff ? { code: "runfold server --webhook-hosts public" } : {})}
        >
          {!isOff && make}
        </EmptyState>
        {dialog}
      </>
    );
  }
  return (
    <div className={list.split}>
      <div className={list.list}>
        <div className={shared.bar}>
          {plural(webhooks.length, "webhook")}
          <span className={shared.end}>{make}</span>
        </div>
        <ul aria-label="Webhooks">
          {webhooks.map((webhook) => (
            <li key={webhook.id}>
              <button type="button" aria-current={webhook.id === chosen.id} className={classes(list.entry, webhook.id === chosen.id && list.here)} onClick={() => choose(webhook)}>
                <span className={list.what}>
                  <b>{webhook.name}</b>
                  <span>{hostOf(webhook.url)}</span>
                </span>
                <span className={list.when}>{webhook.isActive ? plural(webhook.events.length, "event") : <span className={styles.off}>off</span>}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <WebhookDetail key={chosen.id} webhook={chosen} hosts={data.hosts} />
      {dialog}
    </div>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url.slice(0, 80);
  }
}
