import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useState } from "react";
import type { Identity } from "../../api/accounts/model";
import { accountKeys, useEntrance, useWays } from "../../api/accounts/queries";
import { useApi } from "../../api/context";
import { Button } from "../../components/Button";
import { Section } from "../../components/Sections";
import { useNotes } from "../../components/Toasts";
import { FailureState } from "../../records/FailureState";
import { IdentityTable } from "../../records/accounts/IdentityTable";
import { providerWord, shownAs } from "../../records/accounts/identities";
import look from "../../records/accounts/accounts.module.css";
import { PasswordDialog } from "./PasswordDialog";
import { useFinishedLink } from "./useFinishedLink";

/** By the password, and by whom of a provider; links are made and taken back here. */
export function SignInWays({ name }: { name: string }) {
  const entrance = useEntrance().data;
  const { data: ways, error, refetch } = useWays("");
  const refused = useFinishedLink();
  const [isLinking, setLinking] = useState(false);
  const [doomed, setDoomed] = useState<Identity | null>(null);
  if (error && !ways) return <FailureState what="How you sign in could not be loaded" error={error} retry={() => void refetch()} />;
  if (!entrance || !ways) return null;
  const { provider } = entrance;
  if (!provider && !ways.identities.length && ways.hasPassword) return null;
  return (
    <Section title="How you sign in">
      <p className={look.soft}>{sentence(ways.hasPassword, ways.identities.length > 0, provider)}</p>
      {ways.identities.length > 0 && (
        <IdentityTable label="How you sign in" identities={ways.identities} {...(ways.hasPassword ? { onUnlink: setDoomed } : {})} />
      )}
      {refused && (
        <p role="alert" className={look.bad}>
          {refused}
        </p>
      )}
      {provider && ways.hasPassword && (
        <div>
          <Button onClick={() => setLinking(true)}>
            <Link2 size={14} />
            Link with {provider}
          </Button>
        </div>
      )}
      {isLinking && provider && <BeginLink name={name} provider={provider} onClose={() => setLinking(false)} />}
      {doomed && <EndLink name={name} identity={doomed} onClose={() => setDoomed(null)} />}
    </Section>
  );
}

function sentence(hasPassword: boolean, isLinked: boolean, provider: string | null): string {
  if (!hasPassword) return "You have no password here. An administrator can make a link by which you choose one.";
  if (isLinked) return "By your name and password, or by whom you are linked to:";
  return provider ? `By your name and password. Once linked, you can also sign in by ${provider}, to this same account.` : "By your name and password.";
}

function BeginLink({ name, provider, onClose }: { name: string; provider: string; onClose: () => void }) {
  const { accounts } = useApi();
  const begin = useMutation({
    mutationFn: (password: string) => accounts.beginLink(password),
    onSuccess: (url) => window.location.assign(url),
  });
  return (
    <PasswordDialog name={name} title={`Link with ${provider}`} verb={`Go on to ${provider}`} error={begin.error?.message} isBusy={begin.isPending || begin.isSuccess} onPassword={begin.mutate} onClose={onClose}>
      <p>{provider} asks who you are, and leads back here. Whoever signs in there as the same person is in this account from then on.</p>
      <p className={look.soft}>If it also says who is in which group, that counts from your next sign-in by it.</p>
    </PasswordDialog>
  );
}

function EndLink({ name, identity, onClose }: { name: string; identity: Identity; onClose: () => void }) {
  const { accounts } = useApi();
  const queries = useQueryClient();
  const notes = useNotes();
  const entrance = useEntrance().data;
  const provider = providerWord(identity.issuer, entrance);
  const end = useMutation({
    mutationFn: (password: string) => accounts.endLink(identity, password),
    onSuccess: async () => {
      onClose();
      notes.done(`${shownAs(identity)} is not linked any more`);
      await Promise.all([accountKeys.anyWays, accountKeys.sessions].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
  return (
    <PasswordDialog name={name} title={`Unlink ${shownAs(identity)}?`} verb="Unlink" isDanger error={end.error?.message} isBusy={end.isPending} onPassword={end.mutate} onClose={onClose}>
      <p>You sign in by your name and password then. Browsers that came by {provider} are signed out; this one stays.</p>
    </PasswordDialog>
  );
}
