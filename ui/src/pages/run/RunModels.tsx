import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import type { LoggedModel } from "../../api/registry/model";
import { modelKeys, useVersionsOfRun } from "../../api/registry/queries";
import { Button } from "../../components/Button";
import { cutMiddle } from "../../lib/format";
import { AliasChips } from "../../records/Alias";
import { RegisterModel } from "../../records/RegisterModel";
import styles from "./RunModels.module.css";

const STATUS: Partial<Record<LoggedModel["status"], string>> = { PENDING: "not complete", UPLOAD_FAILED: "upload failed" };

/** Models that the run logged, and versions that came from it; nothing where there are none. */
export function RunModels({ run }: { run: Run }) {
  const { registry } = useApi();
  const logged = useQuery({
    queryKey: [...modelKeys.ofRun(run.id), "logged"],
    queryFn: () => registry.listLoggedModels(run.experimentId, run.id),
    refetchInterval: run.state === "RUNNING" ? 15_000 : false,
  });
  const versions = useVersionsOfRun(run.id).data?.pages.flatMap((page) => page.items) ?? [];
  const models = logged.data ?? [];
  if (!models.length && !versions.length) return null;
  return (
    <section>
      <h3>Models</h3>
      <ul className={styles.list}>
        {models.map((model) => (
          <LoggedRow key={model.id} model={model} isNamed={versions.some(({ modelId }) => modelId === model.id)} />
        ))}
        {versions.map(({ name, version, aliases }) => (
          <li key={`${name} ${version}`}>
            <Link to="/models/$name/$version" params={{ name, version: String(version) }} className={styles.link} title={name}>
              {cutMiddle(name, 26)} v{version}
            </Link>
            <AliasChips name={name} aliases={aliases.map((alias) => [alias, version])} most={2} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** @param isNamed whether a version of it is listed too. */
function LoggedRow({ model, isNamed }: { model: LoggedModel; isNamed: boolean }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <li>
      <span className={styles.name} title={`${model.name}\n${model.id}`}>
        {cutMiddle(model.name, 24)}
      </span>
      <span className={styles.quiet}>{STATUS[model.status] ?? (isNamed ? "registered" : "")}</span>
      {model.status === "READY" && (
        <Button small className={styles.end} onClick={() => setAsking(true)}>
          {isNamed ? "Register again" : "Register"}
        </Button>
      )}
      {isAsking && <RegisterModel source={`models:/${model.id}`} runId={model.runId} modelId={model.id} onClose={() => setAsking(false)} />}
    </li>
  );
}
