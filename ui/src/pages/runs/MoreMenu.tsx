import { Copy, MoreHorizontal } from "lucide-react";
import type { Experiment } from "../../api/model";
import { IconButton } from "../../components/Button";
import { Menu } from "../../components/Menu";
import type { SetQuery } from "../../components/useQuery";
import { useAccessEntry } from "../../records/accounts/useAccessEntry";
import type { RunsView } from "./view";

/** Switches that are rarely needed. */
export function MoreMenu({ view, setQuery, experiment }: { view: RunsView; setQuery: SetQuery; experiment: Experiment | undefined }) {
  const access = useAccessEntry(experiment ? `experiment:${experiment.id}` : "", experiment?.name ?? "");
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label="More">
            <MoreHorizontal size={15} />
          </IconButton>
        }
        entries={[
          { label: "Nested runs as a tree", checked: !view.isFlat, onSelect: () => setQuery({ flat: view.isFlat ? undefined : "1" }) },
          { label: "Show archived runs", checked: view.withArchived, onSelect: () => setQuery({ archived: view.withArchived ? undefined : "1" }) },
          "line",
          ...access.entries,
          {
            label: "Copy the experiment's id",
            icon: <Copy size={14} />,
            note: experiment?.id,
            disabled: !experiment,
            onSelect: () => void navigator.clipboard.writeText(experiment?.id ?? ""),
          },
        ]}
      />
      {access.dialog}
    </>
  );
}
