import { Link } from "@tanstack/react-router";
import { CrumbHere, Page } from "../../components/Page";
import { ErrorState } from "../../components/States";
import { LinkButton } from "../../components/LinkButton";

/** An address that leads nowhere. */
export function MissingPage() {
  return (
    <Page title="Not found" crumbs={<CrumbHere>Not found</CrumbHere>}>
      <ErrorState
        title="There is no such page"
        text={`Nothing lives at ${window.location.pathname}. The link may be old, or cut short.`}
      >
        <LinkButton render={<Link to="/experiments" />}>Go to the experiments</LinkButton>
      </ErrorState>
    </Page>
  );
}
