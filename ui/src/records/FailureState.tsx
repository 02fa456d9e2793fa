import { ApiError } from "../api/client";
import { Button } from "../components/Button";
import { ErrorState } from "../components/States";

/** Says why something could not be loaded, and what to do. */
export function FailureState({ what, error, retry }: { what: string; error: Error; retry: () => void }) {
  const isGone = error instanceof ApiError && error.isUnreachable;
  if (error instanceof ApiError && error.isDenied) return <ErrorState title="This is not open to you" text={error.message} />;
  const text = isGone
    ? "The server does not answer. Nothing is lost: training scripts keep what they log and send it later. Check that the server runs, then try again."
    : error.message;
  return (
    <ErrorState title={what} text={text}>
      <Button look="primary" onClick={retry}>
        Try again
      </Button>
    </ErrorState>
  );
}
