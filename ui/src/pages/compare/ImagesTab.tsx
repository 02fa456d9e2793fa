import { useQueries } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useApi } from "../../api/context";
import { keys } from "../../api/queries";
import { useShortcuts } from "../../components/Shortcuts";
import { EmptyState } from "../../components/States";
import { count, cutMiddle, plural } from "../../lib/format";
import { type ImageFile, imageSeries } from "../../lib/images";
import { FileImage } from "../../records/FileImage";
import type { ComparisonProps } from "./ComparePage";
import styles from "./ComparePage.module.css";

/** The same images of all runs at the same step. */
export function ImagesTab({ runs, query, setQuery, colourOf, tabs }: ComparisonProps & { tabs: ReactNode }) {
  const api = useApi();
  const results = useQueries({
    queries: runs.map((run) => ({ queryKey: [...keys.artifacts(run.id), "list", "images"], queryFn: () => api.listArtifacts(run.id, "images") })),
  });
  const isPending = results.some((result) => result.isPending);
  const files = results.map(({ data }) => data);
  const byRun = useMemo(
    () => files.map((list) => imageSeries((list ?? []).map((file) => file.path))),
    // The lists are the answers of the queries, one for each run.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    files,
  );
  const imageKeys = [...new Set(byRun.flatMap((series) => [...series.keys()]))];
  const steps = [...new Set(byRun.flatMap((series) => [...series.values()].flat().map((image) => image.step)))].sort((a, b) => a - b);
  const wanted = query.step === undefined ? (steps.at(-1) ?? 0) : Number(query.step);
  const at = Math.max(0, steps.findLastIndex((step) => step <= wanted));
  const step = steps[at] ?? 0;
  const go = (place: number) => setQuery({ step: String(steps[Math.min(steps.length - 1, Math.max(0, place))] ?? 0) }, { replace: true });
  useShortcuts([
    { keys: "arrowright", label: "Next step", run: () => go(at + 1) },
    { keys: "arrowleft", label: "Previous step", run: () => go(at - 1) },
  ]);
  const imageAt = (images: ImageFile[] | undefined) => images?.findLast((image) => image.step <= step) ?? images?.[0];
  return (
    <>
      <div className={styles.line}>
        {tabs}
        {steps.length > 0 && (
          <>
            <label htmlFor="compare-step">Step</label>
            <input
              id="compare-step"
              className={styles.slider}
              type="range"
              min={0}
              max={steps.length - 1}
              value={at}
              onChange={(event) => go(Number(event.target.value))}
            />
            <output>
              {count(step)} <span className={styles.quiet}>({count(at + 1)} of {plural(steps.length, "step")})</span>
            </output>
          </>
        )}
      </div>
      <div className={styles.scroll}>
        {!imageKeys.length && !isPending && <EmptyState title="No images" text="None of these runs kept images with a step." />}
        {imageKeys.map((key) => (
          <section key={key}>
            <h2>{key}</h2>
            <div className={styles.images} style={{ gridTemplateColumns: `repeat(${runs.length}, minmax(140px, 1fr))` }}>
              {runs.map((run, index) => {
                const image = imageAt(byRun[index]?.get(key));
                return (
                  <figure key={run.id}>
                    <figcaption title={run.name}>
                      <span style={{ color: colourOf(run.id) }} aria-hidden>
                        ●
                      </span>
                      {cutMiddle(run.name, 18)}
                    </figcaption>
                    {image ? <FileImage key={image.path} url={api.artifactUrl(run.id, image.path)} alt={`${key} of ${run.name} at step ${image.step}`} /> : <p className={styles.quiet}>none</p>}
                  </figure>
                );
              })}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}
