import { Link } from "@tanstack/react-router";
import { Undo2, X } from "lucide-react";
import { useMemo } from "react";
import type { AliasMove, RegisteredModel } from "../../api/registry/model";
import { useAliasMoves } from "../../api/registry/queries";
import { HERE } from "../../api/here";
import { Button, IconButton } from "../../components/Button";
import type { MaybeDenial } from "../../components/denial";
import { Bone, Bones, EmptyState } from "../../components/States";
import { TextInput } from "../../components/Field";
import { Ago } from "../../components/Time";
import { useNow } from "../../components/useNow";
import type { SetQuery } from "../../components/useQuery";
import { type Lane, aliasLanes, dayOf, endOfDay, versionAt } from "../../lib/aliasTime";
import type { Query } from "../../lib/query";
import { FailureState } from "../../records/FailureState";
import { SERVER } from "../../records/firstRun";
import { AliasTimeline } from "./AliasTimeline";
import type { ModelEdits } from "./useModelEdits";
import shared from "./models.module.css";
import styles from "./AliasesTab.module.css";

/** Where the aliases pointed over time, and the way back. */
export function AliasesTab({ model, edits, denied, query, setQuery }: { model: RegisteredModel; edits: ModelEdits; denied: MaybeDenial; query: Query; setQuery: SetQuery }) {
  const { data: moves, error, refetch } = useAliasMoves(model.name);
  const now = useNow();
  const lanes = useMemo(() => aliasLanes(moves ?? []), [moves]);
  const day = query.at ?? "";
  const asked = endOfDay(day);
  const atMs = asked === null ? null : Math.min(asked, now);
  const setDay = (next: string) => setQuery({ at: next || undefined }, { replace: true });
  if (error && !moves) return <FailureState what="The history of the aliases could not be loaded" error={error} retry={() => void refetch()} />;
  if (!moves) {
    return (
      <Bones label="The aliases are loading">
        <Bone width="90%" height={24} />
        <Bone width="70%" height={24} />
      </Bones>
    );
  }
  if (!moves.length) {
    return (
      <EmptyState
        title="No alias yet"
        text="An alias is a name such as champion that points to one version and can be moved. What it pointed to, and when, is kept here. Set one on the page of a version, or in code:"
        code={`${HERE && `mlflow.set_workspace(${JSON.stringify(HERE)})\n`}client = mlflow.MlflowClient(${JSON.stringify(SERVER)})\nclient.set_registered_model_alias(${JSON.stringify(model.name)}, "champion", ${model.newest?.version ?? 1})`}
      />
    );
  }
  return (
    <div className={shared.plain}>
      <div className={styles.tools}>
        <label htmlFor="alias-day">What was it on</label>
        <TextInput id="alias-day" type="date" className={styles.day} max={dayOf(now)} value={day} onChange={(event) => setDay(event.target.value)} />
        {day && (
          <IconButton small label="No day" onClick={() => setDay("")}>
            <X size={13} />
          </IconButton>
        )}
        {atMs !== null && (
          <p role="status" className={styles.answer}>
            {lanes.map((lane) => (
              <Answer key={lane.alias} lane={lane} atMs={atMs} name={model.name} />
            ))}
            <span className={shared.quiet}>at the end of that day</span>
          </p>
        )}
      </div>
      <AliasTimeline name={model.name} lanes={lanes} moves={moves} nowMs={now} atMs={atMs} onDay={(ms) => setDay(dayOf(ms))} />
      <section>
        <h3>Moves</h3>
        <Moves name={model.name} moves={moves} lanes={lanes} edits={edits} denied={denied} />
      </section>
    </div>
  );
}

function Answer({ lane, atMs, name }: { lane: Lane; atMs: number; name: string }) {
  const version = versionAt(lane, atMs);
  return (
    <span>
      <b>{lane.alias}</b>{" "}
      {version === null ? (
        <span className={shared.quiet}>was not set</span>
      ) : (
        <>
          was{" "}
          <Link to="/models/$name/$version" params={{ name, version: String(version) }} className={shared.link}>
            version {version}
          </Link>
        </>
      )}
    </span>
  );
}

function Moves({ name, moves, lanes, edits, denied }: { name: string; moves: readonly AliasMove[]; lanes: readonly Lane[]; edits: ModelEdits; denied: MaybeDenial }) {
  const laneOf = new Map(lanes.map((lane) => [lane.alias, lane]));
  const newest = new Set<AliasMove>();
  for (const { alias } of lanes) {
    const last = moves.find((move) => move.alias === alias);
    if (last) newest.add(last);
  }
  return (
    <table className={shared.table}>
      <thead>
        <tr>
          <th>When</th>
          <th>Alias</th>
          <th>Version</th>
          <th>By</th>
          <th>Why</th>
          <th>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {moves.map((move) => {
          const lane = laneOf.get(move.alias);
          const back = lane?.before;
          return (
            <tr key={`${move.alias} ${move.timeMs} ${move.version}`}>
              <td>
                <Ago ms={move.timeMs} />
              </td>
              <td>{move.alias}</td>
              <td>
                {move.version === null ? (
                  <span className={shared.quiet}>removed</span>
                ) : (
                  <Link to="/models/$name/$version" params={{ name, version: String(move.version) }} className={shared.link}>
                    v{move.version}
                  </Link>
                )}
              </td>
              <td>{move.user}</td>
              <td>{move.reason}</td>
              <td className={styles.act}>
                {newest.has(move) && lane && back !== null && back !== undefined && (
                  <Button small look="quiet" denied={denied} onClick={() => void edits.moveAlias(move.alias, back, lane.now ?? undefined, `back from version ${lane.now ?? "none"}`)}>
                    <Undo2 size={13} />
                    Return to v{back}
                  </Button>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
