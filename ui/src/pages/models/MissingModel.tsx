import { Link } from "@tanstack/react-router";
import { LinkButton } from "../../components/LinkButton";
import { EmptyState } from "../../components/States";

export function MissingModel({ what }: { what: string }) {
  return (
    <EmptyState title="There is no such model" text={what}>
      <LinkButton look="primary" render={<Link to="/models" />}>
        Go to the models
      </LinkButton>
    </EmptyState>
  );
}
