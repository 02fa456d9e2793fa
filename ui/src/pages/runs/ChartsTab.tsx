import { EmptyState } from "../../components/States";

export function ChartsTab(props: Record<string, unknown>) {
  return <EmptyState title="Not here yet" text={`${Object.keys(props).length} inputs are ready for it.`} />;
}
