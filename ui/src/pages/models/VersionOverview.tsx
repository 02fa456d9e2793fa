import { useMemo } from "react";
import type { ModelVersion } from "../../api/registry/model";
import { Code, CopyButton } from "../../components/Code";
import type { MaybeDenial } from "../../components/denial";
import { bytes, exactNumber, plural, shortNumber } from "../../lib/format";
import { NoteEditor } from "../../records/NoteEditor";
import { TagEditor } from "../../records/TagEditor";
import { useFileText, useFolder } from "../../records/files";
import { ownTags } from "../../records/tags";
import { CardEditor } from "./CardEditor";
import { FilesCheck } from "./FilesCheck";
import { Lineage } from "./Lineage";
import { SignatureTable } from "./SignatureTable";
import { tellingMetrics } from "./headline";
import { useModelEdits } from "./useModelEdits";
import { useVersionFiles } from "./versionFiles";
import shared from "./models.module.css";
import styles from "./VersionOverview.module.css";

const METRICS = 12;
const PARAMS = 24;
const REQUIREMENTS = "requirements.txt";
const REQUIREMENTS_BYTES = 64 * 1024;

/** The version at a glance. */
export function VersionOverview({ version, denied }: { version: ModelVersion; denied: MaybeDenial }) {
  const edits = useModelEdits(version.name);
  return (
    <div className={shared.overview}>
      <div className={`${shared.main} ${shared.scrolled}`}>
        <NoteEditor
          word="Description"
          text={version.description}
          denied={denied}
          invitation="Write what is new in this version"
          onSave={(text) => void edits.describe(text, version.description, version.version)}
        />
        <section>
          <h3>Where it came from</h3>
          <Lineage version={version} />
        </section>
        <Measured version={version} />
        <section>
          <h3>Signature</h3>
          <SignatureTable text={version.card.signature} />
        </section>
      </div>
      <aside className={shared.side} aria-label="About the version">
        <CardEditor version={version} edits={edits} denied={denied} />
        <TagEditor
          tags={ownTags(version)}
          denied={denied}
          onSet={(key, value, before) => void edits.setTag(key, value, before, version.version)}
          onRemove={(key, before) => void edits.deleteTag(key, before, version.version)}
        />
        <Files version={version} />
        <Requirements version={version} />
      </aside>
    </div>
  );
}

function Measured({ version: { card } }: { version: ModelVersion }) {
  const metrics = tellingMetrics(card.metrics, METRICS);
  const params = Object.entries(card.params).sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <section>
        <h3>Metrics at registration</h3>
        {metrics.length ? (
          <dl className={styles.metrics}>
            {metrics.map(({ key, value, step }) => (
              <div key={key} title={`${key}\n${exactNumber(value)} at step ${step}`}>
                <dt>{key}</dt>
                <dd>{shortNumber(value)}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p className={shared.quiet}>None: the run had none, or it came from no run.</p>
        )}
        {card.metrics.length > metrics.length && <p className={shared.quiet}>and {plural(card.metrics.length - metrics.length, "more", "more")}; Compare lists all.</p>}
      </section>
      {params.length > 0 && (
        <section>
          <h3>Params</h3>
          <dl className={styles.params}>
            {params.slice(0, PARAMS).map(([key, value]) => (
              <div key={key}>
                <dt title={key}>{key}</dt>
                <dd title={value.slice(0, 2000)}>{value.slice(0, 200)}</dd>
              </div>
            ))}
          </dl>
          {params.length > PARAMS && <p className={shared.quiet}>and {plural(params.length - PARAMS, "more", "more")} on the page of the run.</p>}
        </section>
      )}
    </>
  );
}

/** Where the files are, and what they were at registration. */
function Files({ version }: { version: ModelVersion }) {
  const { files } = version;
  return (
    <section>
      <h3>Files</h3>
      <dl className={shared.rows}>
        {files && (
          <>
            <dt>Size</dt>
            <dd>
              {bytes(files.nBytes)} in {plural(files.nFiles, "file")}
            </dd>
          </>
        )}
        <dt>Digest</dt>
        <dd className={styles.copied}>
          {files?.digest ? (
            <>
              <code title={files.digest}>{files.digest.replace("sha256:", "").slice(0, 16)}…</code>
              <CopyButton text={files.digest} label="Copy the digest" />
            </>
          ) : (
            <span className={shared.quiet}>not taken when it was registered</span>
          )}
        </dd>
        <dt>Source</dt>
        <dd className={styles.copied}>
          <code title={version.source}>{version.source}</code>
          <CopyButton text={version.source} label="Copy the source" />
        </dd>
      </dl>
      {files?.digest && <FilesCheck version={version} />}
    </section>
  );
}

function Requirements({ version }: { version: ModelVersion }) {
  const files = useVersionFiles(version.name, version.version);
  const top = useFolder(files, "");
  const has = useMemo(() => top.data?.some(({ path }) => path === REQUIREMENTS) ?? false, [top.data]);
  const text = useFileText(files, REQUIREMENTS, REQUIREMENTS_BYTES, has);
  if (!text.data) return null;
  return (
    <section>
      <h3>Requirements</h3>
      <Code text={text.data.text.trim()} plain />
    </section>
  );
}
