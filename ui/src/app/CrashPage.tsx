import { Button } from "../components/Button";
import { CrumbHere, Page } from "../components/Page";
import { ErrorState } from "../components/States";

/** When a page itself breaks. */
export function CrashPage({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Page title="Something broke" crumbs={<CrumbHere>Something broke</CrumbHere>}>
      <ErrorState
        title="This page broke"
        text={`Your data is safe; only its display failed (${error instanceof Error ? error.message : String(error)}). Try again, or reload the page.`}
      >
        <Button look="primary" onClick={reset}>
          Try again
        </Button>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </ErrorState>
    </Page>
  );
}
