import type { ModelVersion } from "../../api/registry/model";
import { HERE } from "../../api/here";
import { Bone } from "../../components/States";
import { Code } from "../../components/Code";
import type { SetQuery } from "../../components/useQuery";
import { CALLERS, type Caller, loadScript } from "../../lib/loadModel";
import type { Query } from "../../lib/query";
import { SERVER } from "../../records/firstRun";
import { useExample } from "./examples";
import { useVersionFiles } from "./versionFiles";
import shared from "./models.module.css";
import styles from "./UseTab.module.css";

const WORDS: Record<Caller, string> = { python: "Python", mlflow: "MLflow", serve: "Serve", curl: "curl", r: "R", java: "Java" };
const NOTES: Record<Caller, string> = {
  python: "Loads the model into this process. Anything that reads MLflow's folders can load it too.",
  mlflow: "MLflow's own client loads it unchanged.",
  serve: "Starts a scoring server for the model, in the model's own environment where that can be made.",
  curl: "Calls a scoring server, such as the one that “Serve” starts.",
  r: "Calls a scoring server with httr2.",
  java: "Calls a scoring server with the JDK alone.",
};

/** Lines that load this version, and lines that call it once it is served. */
export function UseTab({ version, query, setQuery }: { version: ModelVersion; query: Query; setQuery: SetQuery }) {
  const files = useVersionFiles(version.name, version.version);
  const example = useExample(files, version.card.signature);
  const caller = CALLERS.find((key) => key === query.with) ?? "python";
  const alias = version.aliases.find((name) => name === query.alias);
  const uri = alias ? `models:/${version.name}@${alias}` : `models:/${version.name}/${version.version}`;
  return (
    <div className={shared.plain}>
      <div className={styles.choice}>
        <div className={styles.callers} role="tablist" aria-label="Language">
          {CALLERS.map((key) => (
            <button key={key} type="button" role="tab" aria-selected={key === caller} onClick={() => setQuery({ with: key === "python" ? undefined : key }, { replace: true })}>
              {WORDS[key]}
            </button>
          ))}
        </div>
        {version.aliases.length > 0 && (
          <label className={styles.by}>
            by
            <select value={alias ?? ""} onChange={(event) => setQuery({ alias: event.target.value || undefined }, { replace: true })}>
              <option value="">this version</option>
              {version.aliases.map((name) => (
                <option key={name} value={name}>
                  whatever is {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div className={styles.code} role="tabpanel" aria-label={WORDS[caller]}>
        {example ? <Code text={loadScript(caller, { server: SERVER, workspace: HERE, uri, example: compact(example.body) })} plain={caller !== "python" && caller !== "mlflow"} /> : <Bone width="100%" height={140} />}
        <p className={shared.quiet}>
          {NOTES[caller]} {example?.isMadeUp && caller !== "serve" && "The model brought no input example; the values here fit its signature."}
        </p>
      </div>
    </div>
  );
}

function compact(body: string): string {
  return JSON.stringify(JSON.parse(body));
}
