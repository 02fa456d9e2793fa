import { useMemo, useState } from "react";
import { useApi } from "../../api/context";
import type { Run } from "../../api/model";
import { Button } from "../../components/Button";
import { Bone, EmptyState } from "../../components/States";
import { useShortcuts } from "../../components/Shortcuts";
import type { SetQuery } from "../../components/useQuery";
import { count, plural } from "../../lib/format";
import { imageSeries } from "../../lib/images";
import type { Query } from "../../lib/query";
import { FailureState } from "../../records/FailureState";
import { FileImage } from "../../records/FileImage";
import { useArtifacts } from "../../records/files";
import styles from "./ImagesTab.module.css";

const AT_ONCE = 24;

/** Series of images; one slider moves all of them through the steps. */
export function ImagesTab({ run, query, setQuery }: { run: Run; query: Query; setQuery: SetQuery }) {
  const api = useApi();
  const files = useArtifacts(run.id, "images");
  const series = useMemo(() => imageSeries((files.data ?? []).map((file) => file.path)), [files.data]);
  const [most, setMost] = useState(AT_ONCE);
  const steps = useMemo(() => [...new Set([...series.values()].flat().map((image) => image.step))].sort((a, b) => a - b), [series]);
  const wanted = query.step === undefined ? (steps.at(-1) ?? 0) : Number(query.step);
  const at = Math.max(0, steps.findLastIndex((step) => step <= wanted));
  const go = (place: number) => setQuery({ step: String(steps[Math.min(steps.length - 1, Math.max(0, place))] ?? 0) }, { replace: true });
  useShortcuts([
    { keys: "arrowright", label: "Next step", run: () => go(at + 1) },
    { keys: "arrowleft", label: "Previous step", run: () => go(at - 1) },
  ]);
  if (files.error) return <FailureState what="The images could not be listed" error={files.error} retry={() => void files.refetch()} />;
  if (!files.data) {
    return (
      <div className={styles.wrap} aria-busy aria-label="The images are loading">
        <Bone width={320} height={20} />
        <Bone width={320} height={220} />
      </div>
    );
  }
  if (!steps.length) {
    return <EmptyState title="No images" text="Images that are logged with a step show here, one series for each key:" code={'runfold.log_image(image, key="sample", step=step)'} />;
  }
  const step = steps[at] ?? 0;
  return (
    <div className={styles.wrap}>
      <div className={styles.tools}>
        <label htmlFor="image-step">Step</label>
        <input id="image-step" type="range" min={0} max={Math.max(0, steps.length - 1)} value={at} onChange={(event) => go(Number(event.target.value))} />
        <output>
          {count(step)} <small>({count(at + 1)} of {plural(steps.length, "step")})</small>
        </output>
      </div>
      <div className={styles.grid}>
        {[...series].slice(0, most).map(([key, images]) => {
          const shown = images.findLast((image) => image.step <= step) ?? images[0];
          const isBig = query.big === key;
          return (
            shown && (
              <figure key={key} className={isBig ? styles.big : undefined}>
                <figcaption>
                  <span title={key}>{key}</span>
                  <small>step {count(shown.step)}</small>
                </figcaption>
                <button type="button" aria-label={isBig ? `Make ${key} small` : `Make ${key} large`} onClick={() => setQuery({ big: isBig ? undefined : key })}>
                  <FileImage key={shown.path} url={api.artifactUrl(run.id, shown.path)} alt={`${key} at step ${shown.step}`} />
                </button>
              </figure>
            )
          );
        })}
      </div>
      {series.size > most && (
        <p className={styles.more}>
          <Button onClick={() => setMost(most + AT_ONCE)}>Show {Math.min(AT_ONCE, series.size - most)} more of {plural(series.size, "series", "series")}</Button>
        </p>
      )}
    </div>
  );
}
