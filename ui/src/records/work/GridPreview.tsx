import { useState } from "react";
import type { Work } from "../../api/work/model";
import { count, cutMiddle, plural } from "../../lib/format";
import styles from "./LaunchForm.module.css";

const FIRST = 8;
/** Characters of a value that a cell shows. */
const SHOWN = 40;

/** The runs that come of lists of values, before anybody asks for them: one row each. */
export function GridPreview({ works, varied }: { works: readonly Work[]; varied: readonly string[] }) {
  const [isWhole, setWhole] = useState(false);
  if (!works.length) return null;
  const factors = varied.map((name) => `${plural(new Set(works.map(({ parameters }) => parameters[name])).size, "value")} of ${cutMiddle(name, SHOWN)}`);
  const shown = isWhole ? works : works.slice(0, FIRST);
  return (
    <section className={styles.preview} aria-label="Runs that come of it">
      <p role="status">
        <b>{plural(works.length, "run")}</b> {factors.join(" × ")}
      </p>
      <div className={styles.previewRows} tabIndex={0} role="group" aria-label="Values of each run">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              {varied.map((name) => (
                <th key={name} scope="col" title={name}>
                  {cutMiddle(name, SHOWN)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ parameters }, at) => (
              <tr key={at}>
                <td>{count(at + 1)}</td>
                {varied.map((name) => (
                  <td key={name} title={parameters[name]}>
                    {cutMiddle(parameters[name] ?? "", SHOWN)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {works.length > FIRST && (
        <button type="button" className={styles.previewMore} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? `Show the first ${FIRST}` : `Show all ${count(works.length)}`}
        </button>
      )}
    </section>
  );
}
