import { Entrance } from "./Entrance";
import { SignInForm } from "./SignInForm";
import styles from "./Entrance.module.css";

/** Why the provider's answer was not taken, as the server says it in the address. */
const REASONS: Record<string, string> = {
  cancelled: "You did not sign in with the provider.",
  expired: "Signing in took too long, or began in another browser. Try again.",
  unknown: "The provider knows you, but no account here is yours by it. If you have one, sign in by password, and link it on the page of your account; otherwise ask an administrator.",
  away: "The provider does not answer just now. Try again in a moment, or sign in by password.",
  refused: "The provider's answer could not be trusted. The server's log says why.",
};

/** What the provider is asked to lead back with. */
const SIGNED_OUT = "signed-out";

/** Where one signs in; the page that was asked for comes next. */
export function SignInPage({ next, reason, onDone }: { next: string; reason: string | null; onDone: () => void }) {
  return (
    <Entrance title="Sign in">
      {reason === SIGNED_OUT && <p role="status">You are signed out, here and at the provider.</p>}
      {reason && reason !== SIGNED_OUT && (
        <p role="alert" className={styles.bad}>
          {REASONS[reason] ?? REASONS.refused}
        </p>
      )}
      <SignInForm next={next} onDone={onDone} />
      <p className={styles.note}>No account, or the password forgotten? Administrators make links by which one chooses a password.</p>
    </Entrance>
  );
}
