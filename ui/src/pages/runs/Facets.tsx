import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { KeyStats } from "../../api/model";
import { useKeys } from "../../api/queries";
import { Button } from "../../components/Button";
import { SearchInput } from "../../components/Field";
import { Popover } from "../../components/Popover";
import { type MarkState, StateMark } from "../../components/StateMark";
import { field, fieldText } from "../../lib/field";
import { facetValues, setFacet } from "../../lib/filter/facets";
import { count } from "../../lib/format";
import styles from "./Facets.module.css";

const SHOWN = 3;
const MOST_VALUES = 40;
const STATES: MarkState[] = ["RUNNING", "FINISHED", "FAILED", "KILLED", "LOST"];

/** The params and tags that split the runs best, as lists to tick. What is ticked is text in the filter. */
export function Facets({ experimentIds, filter, onFilter }: { experimentIds: string[]; filter: string; onFilter: (filter: string) => void }) {
  const found = useKeys(experimentIds, ["param", "tag"], "", 60);
  const keys = (found.data ?? [])
    .filter((s) => s.nDistinct > 1 && s.nDistinct <= MOST_VALUES && !/^(mlflow|runfold)\./.test(s.key))
    .slice(0, SHOWN);
  return (
    <div className={styles.facets} role="group" aria-label="Facets">
      <StateFacet filter={filter} onFilter={onFilter} />
      <DatasetFacet experimentIds={experimentIds} filter={filter} onFilter={onFilter} />
      {keys.map((stats) => (
        <KeyFacet key={stats.kind + stats.key} stats={stats} experimentIds={experimentIds} filter={filter} onFilter={onFilter} />
      ))}
    </div>
  );
}

function FacetButton({ name, chosen, ...rest }: { name: string; chosen: string[] } & React.ComponentProps<"button">) {
  return (
    <Button small look="quiet" title={name} {...rest} className={chosen.length ? styles.on : undefined}>
      <span className={styles.name}>{name}</span>
      {chosen.length > 0 && `: ${chosen.length === 1 ? chosen[0]?.slice(0, 20) : chosen.length}`}
      <ChevronDown size={11} aria-hidden />
    </Button>
  );
}

function StateFacet({ filter, onFilter }: { filter: string; onFilter: (filter: string) => void }) {
  const chosen = facetValues(filter, "state");
  return (
    <Popover label="State" width={180} trigger={<FacetButton name="state" chosen={chosen} />}>
      <div className={styles.list}>
        {STATES.map((state) => (
          <label key={state} className={styles.item}>
            <input type="checkbox" checked={chosen.includes(state)} onChange={() => onFilter(setFacet(filter, "state", toggled(chosen, state)))} />
            <StateMark state={state} />
          </label>
        ))}
      </div>
    </Popover>
  );
}

const DATASET = "datasets.digest";

/** The versions of datasets that runs used; shown where there is more than one. */
function DatasetFacet({ experimentIds, filter, onFilter }: { experimentIds: string[]; filter: string; onFilter: (filter: string) => void }) {
  const api = useApi();
  const used = useQuery({ queryKey: ["datasets", experimentIds], queryFn: () => api.listDatasets(experimentIds), staleTime: 60_000 });
  const versions = new Map(used.data?.map((dataset) => [dataset.digest, dataset]));
  const chosen = facetValues(filter, DATASET);
  if (versions.size < 2) return null;
  return (
    <Popover label="Dataset" width={260} trigger={<FacetButton name="dataset" chosen={chosen} />}>
      <div className={styles.list}>
        {[...versions.values()].map(({ name, digest }) => (
          <label key={digest} className={styles.item} title={digest}>
            <input type="checkbox" checked={chosen.includes(digest)} onChange={() => onFilter(setFacet(filter, DATASET, toggled(chosen, digest)))} />
            <span className={styles.value}>{name}</span>
            <code className={styles.n}>{digest.slice(0, 8)}</code>
          </label>
        ))}
      </div>
    </Popover>
  );
}

interface KeyFacetProps {
  stats: KeyStats;
  experimentIds: string[];
  filter: string;
  onFilter: (filter: string) => void;
}

function KeyFacet(props: KeyFacetProps) {
  const id = fieldText(field(props.stats.kind === "param" ? "params" : "tags", props.stats.key));
  const chosen = facetValues(props.filter, id);
  return (
    <Popover label={props.stats.key} width={260} trigger={<FacetButton name={props.stats.key} chosen={chosen} />}>
      <KeyValues {...props} id={id} chosen={chosen} />
    </Popover>
  );
}

function KeyValues({ stats, experimentIds, filter, onFilter, id, chosen }: KeyFacetProps & { id: string; chosen: string[] }) {
  const api = useApi();
  const [text, setText] = useState("");
  const values = useQuery({
    queryKey: ["key-values", experimentIds, stats.kind, stats.key, text],
    queryFn: () => api.keyValues(experimentIds, stats.kind, stats.key, text),
    staleTime: 30_000,
  });
  return (
    <>
      {stats.nDistinct > 10 && (
        <SearchInput bare placeholder={`Find a value of ${stats.key}`} aria-label="Find a value" value={text} onChange={(e) => setText(e.target.value)} />
      )}
      <div className={styles.list}>
        {values.data?.map(([value, n]) => (
          <label key={value} className={styles.item} title={value.slice(0, 500)}>
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => onFilter(setFacet(filter, id, toggled(chosen, value)))} />
            <span className={styles.value}>{value.slice(0, 100) || "(empty)"}</span>
            <span className={styles.n}>{count(n)}</span>
          </label>
        ))}
        {values.data?.length === 0 && <p className={styles.none}>No value contains “{text}”.</p>}
      </div>
    </>
  );
}

function toggled(list: string[], item: string): string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
