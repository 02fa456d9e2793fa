import type { ModelMetric, ModelVersion } from "../../api/registry/model";
import { headlineMetrics } from "../../lib/headline";

/** Metrics of a version, the most telling first. */
export function tellingMetrics(metrics: readonly ModelMetric[], n: number): ModelMetric[] {
  const byKey = new Map(metrics.map((metric) => [metric.key, metric]));
  return headlineMetrics([...byKey.keys()].map((key) => ({ key, nRuns: 1, variation: 1 })), n).flatMap((key) => byKey.get(key) ?? []);
}

/** A metric by its key; the most telling one where none is named. */
export function metricOf(version: ModelVersion | null, key: string): ModelMetric | undefined {
  if (!version) return undefined;
  return key ? version.card.metrics.find((metric) => metric.key === key) : tellingMetrics(version.card.metrics, 1)[0];
}

/** Keys that most of the versions have, the most telling first. */
export function commonMetrics(versions: readonly ModelVersion[], n: number): string[] {
  const counts = new Map<string, number>();
  for (const { card } of versions) for (const { key } of card.metrics) counts.set(key, (counts.get(key) ?? 0) + 1);
  return headlineMetrics([...counts].map(([key, nRuns]) => ({ key, nRuns, variation: 1 })), n);
}
